import type {Digest} from '../../analyzer/index.ts';
import {blobSizes} from './blob-folder.ts';
import {withLock} from './folder-lock.ts';
import {isCurrent, type Keep} from './keep.ts';
import {type LayoutEntry, withManifest, withTime} from './layout-index.ts';
import {makeWorkFolder} from './owner.ts';
import {retain, type TaggedCache, withoutResults} from './retention.ts';
import {withoutOrphans} from './store-ledger.ts';
import {readStored, writeBlobs} from './stored-blobs.ts';
import {formatStoredCache, isWhole, type StoredCache} from './stored-cache.ts';
import {entriesOf, type StoreChange, survey, takeOver} from './take-over.ts';

export interface PruneWish {
	readonly keep: Keep;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Nothing is changed, only counted. */
	readonly isDry: boolean;
}

export interface Pruning extends StoreChange {
	/** Tags that are no longer there. */
	readonly tags: readonly string[];
	/** Results that are no longer there. */
	readonly results: number;
}

/** A cache with the entry of the index that it comes from. */
interface Stored {
	readonly entry: LayoutEntry;
	readonly cache: StoredCache;
}

/**
 * Applies limits to all caches of a folder, and removes whatever no entry of its index reaches. Without a limit, each
 * tag keeps what its last export wrote, and the tag of a leaf that the last build of its default target did not write goes.
 * What is no cache, as an image, stays.
 */
export async function pruneStore(dir: string, {keep, now, isDry}: PruneWish): Promise<Pruning> {
	return withLock(dir, async () => {
		const entries = (await entriesOf(dir)).map(entry => withTime(entry, now));
		const stored: Stored[] = [];
		for (const entry of entries) {
			const cache = await readStored(entry, [dir], entry.usedAt ?? now);
			if (cache !== undefined) {
				stored.push({entry, cache});
			}
		}

		const kept = keptCaches(stored, keep, await sizesOf(dir, stored), now);
		const staged = await makeWorkFolder(dir, 'export');
		try {
			const next: LayoutEntry[] = [];
			for (const entry of entries) {
				const one = stored.find(other => other.entry === entry);
				const cache = one === undefined ? undefined : kept.get(one);
				if (one === undefined || cache === one.cache) {
					next.push(entry);
				} else if (cache !== undefined) {
					const written = formatStoredCache(cache, entry.usedAt ?? now);
					await writeBlobs(staged.dir, written);
					const {digest, bytes} = written.manifest;
					next.push(withManifest(entry, {digest, size: bytes.byteLength}));
				}
			}

			const rest = withoutOrphans(next);
			const change = isDry ? (await survey(dir, rest, staged.dir)).change : await takeOver(dir, rest, staged.dir);
			return {
				...change,
				tags: stored.flatMap(one => (kept.has(one) ? [] : (one.entry.tag ?? one.entry.digest))),
				results: stored.reduce((sum, one) => sum + resultsOf(one.cache) - resultsOf(kept.get(one)), 0),
			};
		} finally {
			await staged.remove();
		}
	});
}

function keptCaches(
	stored: readonly Stored[],
	keep: Keep,
	sizes: Parameters<typeof retain>[2],
	now: number,
): ReadonlyMap<Stored, StoredCache> {
	const present = stored.filter(({entry}) => !isCurrent(keep) || !isGone(entry, stored));
	const whole = withoutResults(
		present.map(one => taggedCache(one, now)),
		({cache}, record) =>
			record.results.every(({chain}) => chain.every(blob => isWhole(cache, blob, sizes.layer(blob)))),
	);
	const kept = isCurrent(keep) ? whole.flatMap(currentOf) : retain(whole, keep, sizes, now);
	const byTag = new Map(present.map(one => [one.entry.tag ?? one.entry.digest, one]));
	return new Map(
		kept.flatMap(({tag, cache}) => {
			const one = byTag.get(tag);
			return one === undefined ? [] : [[one, cache] as const];
		}),
	);
}

function taggedCache({entry, cache}: Stored, now: number): TaggedCache {
	return {tag: entry.tag ?? entry.digest, cache, usedAt: entry.usedAt ?? now};
}

// The target that is asked for is built last, so its time is that of the last build that wrote every leaf.
function isGone({tag, mainTag, usedAt = 0}: LayoutEntry, stored: readonly Stored[]): boolean {
	const main = stored.find(({entry}) => entry.tag === mainTag)?.entry;
	return mainTag !== undefined && tag !== mainTag && main?.usedAt !== undefined && usedAt < main.usedAt;
}

function currentOf(tagged: TaggedCache): readonly TaggedCache[] {
	return withoutResults([tagged], (_, record) => record.usedAt >= tagged.usedAt);
}

async function sizesOf(dir: string, stored: readonly Stored[]): Promise<Parameters<typeof retain>[2]> {
	const sizes = await blobSizes(dir);
	const layers = new Set(
		stored.flatMap(({cache}) => cache.records.flatMap(({results}) => results.flatMap(({chain}) => chain))),
	);
	const others = [...sizes].reduce((sum, [digest, bytes]) => sum + (layers.has(digest) ? 0 : bytes), 0);
	return {layer: (digest: Digest) => sizes.get(digest), others};
}

function resultsOf(cache: StoredCache | undefined): number {
	return cache?.records.reduce((sum, {results}) => sum + results.length, 0) ?? 0;
}
