import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** The project's folder, wherever the compiled tests are. */
export const projectRoot: string = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** The folder of shared data beside the project, when there is one. */
export const sharedDir: string | undefined = existing(path.join(path.dirname(projectRoot), 'shared'));

function findRoot(dir: string): string {
	if (existsSync(path.join(dir, 'package.json'))) {
		return dir;
	}

	const parent = path.dirname(dir);
	if (parent === dir) {
		throw new Error('internal: no package.json above the tests');
	}

	return findRoot(parent);
}

function existing(dir: string): string | undefined {
	return existsSync(dir) ? dir : undefined;
}

/** The one file that is published, where it has been made. */
export const publishedProgram: string = path.join(projectRoot, 'dist', 'bin', 'cachecast.js');

/** The program that tests start: under `npm test`, which has just made it, the one file that is published. */
export const programFile: string =
	process.env['CACHECAST_TEST_PROGRAM'] ?? path.join(projectRoot, 'dist', 'cli', 'main.js');
