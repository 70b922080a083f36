import {isCurrent, type Keep} from './keep.ts';
import type {CacheChange} from './local-caches.ts';
import {type CacheUse, markUsed} from './mark-used.ts';
import {pruneStore} from './prune.ts';

/**
 * What is left to do to local caches of which all was of use and nothing had to be built: the use is noted, and limits
 * by time and size are applied as after a build. Tells of folders that got smaller or could not be limited. A use that
 * cannot be noted says nothing here: the next build does it again.
 */
export async function useUnbuilt(uses: readonly CacheUse[], keep: Keep, now: number): Promise<readonly CacheChange[]> {
	await markUsed(uses, now);
	const changes: CacheChange[] = [];
	// What is current is what a build writes, and there was none.
	for (const dir of isCurrent(keep) ? [] : new Set(uses.map(use => use.dir))) {
		try {
			const {added, removed} = await pruneStore(dir, {keep, now, isDry: false});
			changes.push({dir, added, removed});
		} catch (error) {
			const problem = error instanceof Error ? error.message : String(error);
			changes.push({dir, added: 0, removed: 0, problem});
		}
	}

	return changes.filter(({removed, problem}) => removed > 0 || problem !== undefined);
}
