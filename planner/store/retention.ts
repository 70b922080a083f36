import type {Digest} from '../../analyzer/index.ts';
import type {Keep} from './keep.ts';
import {formatStoredCache, maxConfigBytes, type StoredCache} from './stored-cache.ts';
import {compactRecords, type StoredRecord} from './stored-record.ts';

/** A cache under its tag, and when a build last wrote it; milliseconds since 1970. */
export interface TaggedCache {
	readonly tag: string;
	readonly cache: StoredCache;
	readonly usedAt: number;
}

/** What the blobs of a folder take: of layers by their digest, of all that is no layer of a cache in sum. */
export interface FolderSizes {
	/** Undefined where it is not there. */
	readonly layer: (digest: Digest) => number | undefined;
	readonly others: number;
}

/** Whether a result stays. */
type KeepsResult = (cache: TaggedCache, record: StoredRecord) => boolean;

/**
 * Applies limits to the caches of a folder. A result goes when no build used it within the age. Where the blobs take
 * more than the size, those used longest ago go first, of the same time those with most layers below, for these build on
 * the others; results whose layers are there anyway stay. A cache that nothing is left of is gone.
 */
export function retain(
	caches: readonly TaggedCache[],
	keep: Keep,
	sizes: FolderSizes,
	now: number,
): readonly TaggedCache[] {
	const {maxAge, maxBytes} = keep;
	const young = maxAge === undefined ? caches : withoutResults(caches, (_, record) => record.usedAt >= now - maxAge);
	if (maxBytes === undefined) {
		return young;
	}

	const blobs = blobsWithin(young, maxBytes - sizes.others, sizes.layer);
	return blobs === undefined
		? young
		: withoutResults(young, (_, record) => record.results.every(({chain}) => chain.every(one => blobs.has(one))));
}

/** The same cache small enough for BuildKit to read: without the results used longest ago, where it is too large. */
export function readable(tagged: TaggedCache): TaggedCache {
	let current = tagged;
	for (;;) {
		const {manifest, config} = formatStoredCache(current.cache, current.usedAt);
		const times = current.cache.records
			.flatMap(({results, usedAt}) => (results.length > 0 && usedAt < current.usedAt ? usedAt : []))
			.sort((a, b) => a - b);
		const oldest = times[Math.floor(times.length / 8)];
		if (Math.max(manifest.bytes.byteLength, config.bytes.byteLength) <= maxConfigBytes || oldest === undefined) {
			return current;
		}

		current = {...current, cache: without(current, (_, record) => record.usedAt > oldest)};
	}
}

/** The caches without the results that do not stay; one without any is gone. */
export function withoutResults(caches: readonly TaggedCache[], keeps: KeepsResult): readonly TaggedCache[] {
	return caches.flatMap(tagged => {
		const cache = without(tagged, keeps);
		return cache.records.some(({results}) => results.length > 0) ? {...tagged, cache} : [];
	});
}

function without(tagged: TaggedCache, keeps: KeepsResult): StoredCache {
	const {cache, usedAt} = tagged;
	const stays = (record: StoredRecord): boolean => record.results.length === 0 || keeps(tagged, record);
	const records = compactRecords(cache.records, stays, record => record.usedAt >= usedAt);
	// A cache that stays whole keeps the very bytes that BuildKit wrote.
	return records.length === cache.records.length && cache.records.every(stays) ? cache : {...cache, records};
}

// Nothing: all of them fit.
function blobsWithin(
	caches: readonly TaggedCache[],
	maxBytes: number,
	sizeOf: FolderSizes['layer'],
): ReadonlySet<Digest> | undefined {
	const size = (digest: Digest): number => sizeOf(digest) ?? 0;
	const uses = new Map<Digest, number>();
	const results = caches.flatMap(({cache}) =>
		cache.records.flatMap(({results: own, usedAt}) => own.map(({chain}) => ({chain, usedAt}))),
	);
	let bytes = 0;
	for (const digest of results.flatMap(({chain}) => chain)) {
		bytes += uses.has(digest) ? 0 : size(digest);
		uses.set(digest, (uses.get(digest) ?? 0) + 1);
	}

	if (bytes <= maxBytes) {
		return undefined;
	}

	results.sort((a, b) => a.usedAt - b.usedAt || b.chain.length - a.chain.length);
	for (const {chain} of results) {
		if (bytes <= maxBytes) {
			break;
		}

		for (const digest of chain) {
			const left = (uses.get(digest) ?? 0) - 1;
			uses.set(digest, left);
			bytes -= left === 0 ? size(digest) : 0;
		}
	}

	return new Set([...uses].flatMap(([digest, left]) => (left > 0 ? digest : [])));
}
