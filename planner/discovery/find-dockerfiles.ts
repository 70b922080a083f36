import {statSync} from 'node:fs';
import path from 'node:path';
import type {IgnoredFiles} from '../config/lint-config.ts';
import type {Problem} from '../workspace.ts';
import {isDockerfileName} from './dockerfile-name.ts';
import {gitPatterns} from './git-patterns.ts';
import {listFiles} from './list-files.ts';

/** Where Dockerfiles are looked for. */
export interface DiscoveryPlace {
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	/** What folders and globs leave out. */
	readonly ignored: readonly IgnoredFiles[];
}

/** What was found, and what was not. */
export interface Discovery {
	readonly files: readonly string[];
	readonly problems: readonly Problem[];
}

/**
 * The Dockerfiles that arguments mean, each once, in their order: a file is itself whatever its name, `-` is standard
 * input, a folder means the Dockerfiles in it, and a glob what it matches; one that ends in `*` means Dockerfiles only.
 */
export function findDockerfiles(args: readonly string[], place: DiscoveryPlace): Discovery {
	const results = args.map(arg => filesOf(arg, place));
	const byPlace = new Map<string, string>();
	for (const file of results.flatMap(one => one.files)) {
		const at = file === '-' ? file : path.resolve(place.cwd, file);
		byPlace.set(at, byPlace.get(at) ?? file);
	}

	return {files: [...byPlace.values()], problems: results.flatMap(one => one.problems)};
}

function filesOf(arg: string, place: DiscoveryPlace): Discovery {
	const info = arg === '-' ? undefined : statSync(path.resolve(place.cwd, arg), {throwIfNoEntry: false});
	if (info?.isDirectory() === true) {
		const files = below(arg, place, file => isDockerfileName(path.posix.basename(file)));
		return files.length > 0
			? found(files)
			: failed(
					`no Dockerfile is in the folder "${arg}"`,
					'Dockerfiles are found by their names: Dockerfile, Dockerfile.NAME, NAME.Dockerfile, Containerfile; others must be named',
				);
	}

	// What cannot be read is told where it is read.
	if (arg === '-' || info !== undefined || !/[*?[]/.test(arg)) {
		return found([arg]);
	}

	const files = matches(arg.replaceAll(path.sep, '/'), place);
	return files.length > 0 ? found(files) : failed(`no file matches "${arg}"`, 'quote it if your shell should');
}

function matches(glob: string, place: DiscoveryPlace): readonly string[] {
	const parts = glob.split('/');
	const first = parts.findIndex(part => /[*?[]/.test(part));
	const base = parts.slice(0, first).join('/') || (glob.startsWith('/') ? '/' : '.');
	// A slash at the start ties the pattern to the folder, as in a .gitignore.
	const patterns = gitPatterns([`/${parts.slice(first).join('/')}`]);
	const last = parts.at(-1) ?? '';
	const wanted = /^\*+$/.test(last) ? isDockerfileName : () => true;
	return below(base, place, file => patterns(file) === 'out' && wanted(path.posix.basename(file)));
}

function below(
	folder: string,
	{cwd, env, ignored}: DiscoveryPlace,
	wanted: (file: string) => boolean,
): readonly string[] {
	const absolute = path.resolve(cwd, folder);
	const leftOut = ignored.map(({folder: top, patterns}) => ({top, patterns: gitPatterns(patterns)}));
	const isIgnored = (file: string) =>
		leftOut.some(({top, patterns}) => {
			const relative = path.relative(top, path.join(absolute, file)).replaceAll(path.sep, '/');
			return !relative.startsWith('..') && !path.isAbsolute(relative) && patterns(relative) === 'out';
		});
	return listFiles(absolute, env)
		.filter(file => wanted(file) && !isIgnored(file))
		.map(file => (folder === '.' ? file : path.posix.join(folder.replaceAll(path.sep, '/'), file)));
}

function found(files: readonly string[]): Discovery {
	return {files, problems: []};
}

function failed(message: string, hint: string): Discovery {
	return {files: [], problems: [{message, hint}]};
}
