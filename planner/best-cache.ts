import type {Step} from '../analyzer/index.ts';
import type {CacheReading} from './caches/cache-source.ts';
import {recordMatcher} from './match-records.ts';
import type {RecordIndex} from './record-index.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** A cache that was read, made searchable. */
export interface ReadCache {
	readonly reading: CacheReading;
	readonly index: RecordIndex;
}

/**
 * Several caches with overlapping records lose hits by chance, so of one --cache-from only the cache that knows most of
 * the target is used; on equal terms the first, which is the target's own.
 */
export function bestCache(
	group: readonly ReadCache[],
	steps: readonly Step[],
	keys: VertexKeys,
): ReadCache | undefined {
	let best: {readonly cache: ReadCache; readonly known: number} | undefined;
	for (const cache of group) {
		const match = recordMatcher(cache.index, keys);
		const known = steps.filter(({vertex}) => vertex !== undefined && match(vertex).sure.size > 0).length;
		if (best === undefined || known > best.known) {
			best = {cache, known};
		}
	}

	return best?.cache;
}
