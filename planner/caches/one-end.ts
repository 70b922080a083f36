import {type Digest, sha256} from '../../analyzer/index.ts';
import type {CacheLink} from './cache-config.ts';

/** What ends are told by. */
interface Linked {
	readonly inputs: readonly (readonly CacheLink[])[];
}

/** The digest of the key that ties the ends of a cache together: no step has it. */
export const endDigest: Digest = sha256('cachecast: the ends of a cache');

/**
 * Ties the ends of a cache together by a key made of every record that no other is made of. While BuildKit loads a cache
 * with several ends, it loses links by chance: what it met on the way to one end is not linked a second time on the way
 * to another (cache/remotecache/v1/cachestorage.go addItemToStorage, `visited`; seen with 0.25.2 as 3 lost hits of 125
 * steps). One export of BuildKit has one end as a rule; caches that were merged have several. `tie` makes the record.
 */
export function withOneEnd<Item extends Linked>(
	records: readonly Item[],
	tie: (digest: Digest, inputs: readonly (readonly CacheLink[])[]) => Item,
): readonly Item[] {
	const ends = endsOf(records);
	return ends.length <= 1 ? records : [...records, tie(endDigest, [ends.map(link => ({link}))])];
}

/** The records that no other is made of. */
export function endsOf(records: readonly Linked[]): readonly number[] {
	const sources = new Set(records.flatMap(({inputs}) => inputs.flat().map(({link}) => link)));
	return [...records.keys()].filter(index => !sources.has(index));
}
