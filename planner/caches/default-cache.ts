import {lstat} from 'node:fs/promises';
import path from 'node:path';

const cacheFolder = path.join('.cachecast', 'cache');

/**
 * The folder of the cache when none is named: `.cachecast/cache` of the git work tree that holds the context, so that all
 * its contexts share one, else of the context itself. A work tree is known by `.git`, a folder or (in a linked work tree
 * or a submodule) a file.
 */
export async function defaultCacheDir(contextDir: string): Promise<string> {
	const start = path.resolve(contextDir);
	for (let dir = start; ; dir = path.dirname(dir)) {
		if (await isWorkTree(dir)) {
			return path.join(dir, cacheFolder);
		}

		if (dir === path.dirname(dir)) {
			return path.join(start, cacheFolder);
		}
	}
}

async function isWorkTree(dir: string): Promise<boolean> {
	try {
		const git = await lstat(path.join(dir, '.git'));
		return git.isDirectory() || git.isFile();
	} catch {
		return false;
	}
}
