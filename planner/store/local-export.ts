import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {endsOf} from '../caches/one-end.ts';
import {blobFile} from '../images/oci-layout.ts';
import {blobSizes, linkBlobs} from './blob-folder.ts';
import {withLock} from './folder-lock.ts';
import {isCurrent, type Keep} from './keep.ts';
import {type EntryNotes, type LayoutEntry, newEntry} from './layout-index.ts';
import {mergeRecords} from './merge-records.ts';
import {makeWorkFolder} from './owner.ts';
import {readable, type TaggedCache} from './retention.ts';
import {readStored, writeBlobs} from './stored-blobs.ts';
import {formatStoredCache, isWhole, type StoredCache} from './stored-cache.ts';
import {compactRecords, type StoredRecord} from './stored-record.ts';
import {entriesOf, type StoreChange, takeOver, wholeBlobs} from './take-over.ts';

/** A place to export a local cache to, so that the cache itself stays as it was until the export is whole. */
export interface LocalExport {
	/** Where the builder may write. */
	readonly dir: string;
	/** Takes the export over into the cache, as its old state or its new one for whoever reads. */
	commit(): Promise<StoreChange>;
	/** Throws it away. */
	discard(): Promise<void>;
}

export interface LocalExportWish {
	readonly cacheDir: string;
	readonly notes: EntryNotes;
	/** With any limit, the records of earlier exports stay beside the new ones; limits are applied when the build is over. */
	readonly keep: Keep;
}

/**
 * Stages an export inside the cache's own folder. BuildKit rewrites a cache's index in place (client/ociindex): killed
 * at the wrong moment it would leave a torn one, and it never removes a blob (docker/buildx#310). The staged folder
 * starts with the cache's blobs as hard links, so that nothing is fetched or written twice.
 */
export async function stageLocalExport({cacheDir, notes, keep}: LocalExportWish): Promise<LocalExport> {
	const staged = await makeWorkFolder(cacheDir, 'export');
	await mkdir(path.dirname(blobFile(staged.dir, `sha256:${'0'.repeat(64)}`)), {recursive: true});
	await linkBlobs(cacheDir, staged.dir, await wholeBlobs(cacheDir));
	return {
		dir: staged.dir,
		async commit() {
			try {
				return await withLock(cacheDir, async () => {
					const entries = await entriesOf(cacheDir);
					const [exported] = await entriesOf(staged.dir);
					const old = entries.find(({tag}) => tag === notes.tag);
					const kept = exported === undefined || isCurrent(keep) ? undefined : old;
					const own = exported === undefined ? undefined : await ownEntry(exported, kept, cacheDir, staged.dir, notes);
					const others = entries.filter(entry => entry !== old);
					// BuildKit writes nothing where there is no layer to write.
					const next = own ?? (isCurrent(keep) ? undefined : old);
					return takeOver(cacheDir, next === undefined ? others : [...others, next], staged.dir);
				});
			} finally {
				await staged.remove();
			}
		},
		discard: () => staged.remove(),
	};
}

function renamed({digest, json}: LayoutEntry, notes: EntryNotes): LayoutEntry {
	return newEntry({digest, size: Number(json['size']), mediaType: String(json['mediaType'])}, notes);
}

async function ownEntry(
	exported: LayoutEntry,
	old: LayoutEntry | undefined,
	cacheDir: string,
	stagedDir: string,
	notes: EntryNotes,
): Promise<LayoutEntry> {
	const newer = await readStored(exported, [stagedDir], notes.usedAt);
	const stored = old === undefined ? undefined : await readStored(old, [cacheDir], old.usedAt ?? notes.usedAt);
	// What needs no change keeps the very bytes that BuildKit wrote.
	if (newer === undefined || (stored === undefined && endsOf(newer.records).length <= 1)) {
		return renamed(exported, notes);
	}

	const {tag, usedAt} = notes;
	const older = stored === undefined ? undefined : await wholeCache(stored, cacheDir);
	const merged: TaggedCache = {
		tag,
		usedAt,
		cache: {
			...newer,
			records: mergeRecords(newer.records, older?.records ?? []),
			blobs: new Map([...(older?.blobs ?? []), ...newer.blobs]),
		},
	};
	const written = formatStoredCache(readable(merged).cache, usedAt);
	await writeBlobs(stagedDir, written);
	return newEntry(
		{
			digest: written.manifest.digest,
			size: written.manifest.bytes.byteLength,
			mediaType: newer.mediaType === '' ? String(exported.json['mediaType']) : newer.mediaType,
		},
		notes,
	);
}

/** Without the results whose layers are gone or damaged. */
async function wholeCache(cache: StoredCache, dir: string): Promise<StoredCache> {
	const sizes = await blobSizes(dir);
	const isLeft = ({results}: StoredRecord): boolean =>
		results.every(({chain}) => chain.every(blob => isWhole(cache, blob, sizes.get(blob))));
	return {...cache, records: compactRecords(cache.records, isLeft, () => true)};
}
