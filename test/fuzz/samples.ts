import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {decodeSource} from '../../analyzer/index.ts';
import {projectRoot, sharedDir} from '../helpers/project.ts';

/** The Dockerfiles of samples/. */
export function sampleDockerfiles(): readonly string[] {
	const samples = path.join(projectRoot, 'samples');
	return readdirSync(samples, {withFileTypes: true})
		.filter(entry => entry.isDirectory())
		.map(({name}) => path.join(samples, name, 'Dockerfile'))
		.sort();
}

/** The Dockerfiles of the shared corpus beside the project; where there is none, those of samples/. */
export function corpusDockerfiles(): readonly string[] {
	return filesOf('dockerfiles') ?? sampleDockerfiles();
}

/** The ignore files of the shared corpus, or those of samples/. */
export function corpusIgnoreFiles(): readonly string[] {
	return (
		filesOf('dockerignores') ??
		['node-service', 'single-stage', 'static-binary'].map(name =>
			path.join(projectRoot, 'samples', name, '.dockerignore'),
		)
	);
}

function filesOf(folder: string): readonly string[] | undefined {
	return sharedDir === undefined
		? undefined
		: readdirSync(path.join(sharedDir, 'corpus', folder))
				.sort()
				.map(name => path.join(sharedDir ?? '', 'corpus', folder, name));
}

/** The texts of files, as the product reads them, without a byte order mark. */
export function readTexts(files: readonly string[]): readonly string[] {
	return files.map(file => decodeSource(readFileSync(file)).replace(/^\ufeff/, ''));
}
