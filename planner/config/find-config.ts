import {existsSync} from 'node:fs';
import path from 'node:path';
import type {Problem} from '../workspace.ts';

/** The names a configuration file may have. */
export const configNames: readonly string[] = ['json', 'jsonc', 'yaml', 'yml'].map(
	ending => `cachecast.config.${ending}`,
);

export type ConfigSearch =
	| {readonly kind: 'found'; readonly file: string}
	| {readonly kind: 'none'}
	| {readonly kind: 'failed'; readonly problem: Problem};

/**
 * The nearest configuration file: in `cwd`, or above it as far as the root of its repository; outside a repository in
 * `cwd` alone. Two in one folder are a mistake, as nothing says which counts.
 */
export function findConfig(cwd: string): ConfigSearch {
	const root = repositoryRoot(cwd) ?? cwd;
	for (let folder = cwd; ; folder = path.dirname(folder)) {
		const [first, second] = configNames.map(name => path.join(folder, name)).filter(file => existsSync(file));
		if (first !== undefined && second !== undefined) {
			return {
				kind: 'failed',
				problem: {
					message: `there are two configurations: "${path.basename(first)}" and "${path.basename(second)}" in ${folder}`,
					hint: 'keep one, and let it extend the other',
				},
			};
		}

		if (first !== undefined) {
			return {kind: 'found', file: first};
		}

		if (folder === root) {
			return {kind: 'none'};
		}
	}
}

/** The nearest folder at or above one that holds `.git`, which is a file in a work tree of its own. */
export function repositoryRoot(folder: string): string | undefined {
	if (existsSync(path.join(folder, '.git'))) {
		return folder;
	}

	const parent = path.dirname(folder);
	return parent === folder ? undefined : repositoryRoot(parent);
}
