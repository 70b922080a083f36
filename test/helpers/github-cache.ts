import {cp, rm} from 'node:fs/promises';
import path from 'node:path';

interface Entry {
	readonly branch: string;
	readonly key: string;
	readonly folder: string;
}

/** What a restore found: the key of the entry, and whether it is the very key that was asked for. */
export interface Restored {
	readonly key: string;
	readonly isExact: boolean;
}

/**
 * GitHub's cache as its documentation describes it: entries never change; a branch sees its own, then those of the default
 * branch; in each the whole key, then beginnings of keys in their order, of several matches the newest.
 */
export class GithubCache {
	readonly #entries: Entry[] = [];
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
	}

	get keys(): readonly string[] {
		return this.#entries.map(({key}) => key);
	}

	async restore(
		branch: string,
		dir: string,
		key: string,
		restoreKeys: readonly string[],
	): Promise<Restored | undefined> {
		for (const scope of new Set([branch, 'main'])) {
			const newest = this.#entries.filter(entry => entry.branch === scope).reverse();
			const found =
				newest.find(entry => entry.key === key) ??
				[key, ...restoreKeys]
					.map(one => newest.find(entry => entry.key.startsWith(one)))
					.find(one => one !== undefined);
			if (found !== undefined) {
				await cp(found.folder, dir, {recursive: true});
				return {key: found.key, isExact: found.key === key};
			}
		}

		return undefined;
	}

	async save(branch: string, dir: string, key: string): Promise<void> {
		const folder = path.join(this.#root, `${this.#entries.length}`);
		await rm(folder, {recursive: true, force: true});
		await cp(dir, folder, {recursive: true});
		this.#entries.push({branch, key, folder});
	}
}
