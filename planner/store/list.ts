import type {Digest} from '../../analyzer/index.ts';
import {isLedgerTag} from '../ledger/ledger-tag.ts';
import {blobSizes} from './blob-folder.ts';
import {type LayoutEntry, readIndex} from './layout-index.ts';
import {readStored} from './stored-blobs.ts';
import type {StoredRecord} from './stored-record.ts';
import {reachableFrom} from './take-over.ts';

/** One cache of a folder, or of a registry. Times are RFC 3339. */
export interface ListedCache {
	readonly tag: string;
	/** The target whose cache it is, where that was noted. */
	readonly target?: string;
	/** `other`: an image, or what else is no cache; `broken`: its manifest is gone or damaged. */
	readonly kind: 'cache' | 'other' | 'broken';
	readonly records: number;
	readonly layers: number;
	/** Of all its blobs, shared ones too. */
	readonly bytes: number;
	/** When its oldest and its newest result were made. */
	readonly oldest?: string;
	readonly newest?: string;
	/** When a build last wrote it, where that was noted. */
	readonly lastUse?: string;
}

export interface StoreListing {
	readonly caches: readonly ListedCache[];
	/** Of all blobs, each once. */
	readonly bytes: number;
	/** Why that may not be all, in one sentence. */
	readonly note?: string;
}

export type ListResult =
	| {readonly kind: 'listed'; readonly listing: StoreListing}
	| {readonly kind: 'failed'; readonly reason: string};

/** Lists the caches of a folder. */
export async function listStore(dir: string): Promise<ListResult> {
	const index = await readIndex(dir);
	if (index.kind !== 'index') {
		return {
			kind: 'failed',
			reason:
				index.kind === 'failed'
					? index.reason
					: index.kind === 'missing'
						? 'there is no cache'
						: 'its index.json is broken; delete the folder and write it again',
		};
	}

	const sizes = await blobSizes(dir);
	const caches: ListedCache[] = [];
	for (const entry of index.entries.filter(({tag = ''}) => !isLedgerTag(tag))) {
		caches.push(await listEntry(entry, dir, sizes));
	}

	return {kind: 'listed', listing: {caches, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0)}};
}

async function listEntry(entry: LayoutEntry, dir: string, sizes: ReadonlyMap<Digest, number>): Promise<ListedCache> {
	const {target, usedAt} = entry;
	const reachable = await reachableFrom(entry, [dir]);
	const blobs = reachable.kind === 'blobs' ? [...reachable.blobs.keys()] : [];
	const cache = await readStored(entry, [dir], usedAt ?? 0);
	return {
		tag: entry.tag ?? entry.digest,
		...(target !== undefined && {target}),
		kind: reachable.kind !== 'blobs' ? 'broken' : cache === undefined ? 'other' : 'cache',
		...counts(cache?.records ?? []),
		bytes: blobs.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0),
		...(usedAt !== undefined && {lastUse: new Date(usedAt).toISOString()}),
	};
}

/** What records amount to. */
export function counts(
	records: readonly Pick<StoredRecord, 'results'>[],
): Pick<ListedCache, 'records' | 'layers' | 'oldest' | 'newest'> {
	const results = records.flatMap(record => record.results);
	const times = results
		.flatMap(({createdAt}) => Date.parse(createdAt ?? ''))
		.filter(time => Number.isFinite(time))
		.sort((a, b) => a - b);
	const [oldest, newest] = [times[0], times.at(-1)];
	return {
		records: records.length,
		layers: new Set(results.flatMap(({chain}) => chain)).size,
		...(oldest !== undefined && {oldest: new Date(oldest).toISOString()}),
		...(newest !== undefined && {newest: new Date(newest).toISOString()}),
	};
}
