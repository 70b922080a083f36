import {rm} from 'node:fs/promises';
import path from 'node:path';
import type {Digest} from '../../analyzer/index.ts';
import {blobSize, blobSizes, moveBlobs, removeOtherBlobs} from './blob-folder.ts';
import {type LayoutEntry, readIndex, writeIndex} from './layout-index.ts';
import {removeLeftovers} from './owner.ts';
import {type Reachable, reachableBlobs} from './reachable.ts';
import {readBlob} from './read-blob.ts';

/** What a change did to a folder; bytes of blobs. */
export interface StoreChange {
	readonly added: number;
	readonly removed: number;
}

/** Something about a cache folder that makes what was asked for impossible: one sentence. */
export class StoreProblem extends Error {}

/** The entries of a folder's index. A broken index is none: BuildKit's client goes on without such a cache, too. */
export async function entriesOf(dir: string): Promise<readonly LayoutEntry[]> {
	const index = await readIndex(dir);
	if (index.kind === 'failed') {
		throw new StoreProblem(index.reason);
	}

	return index.kind === 'index' ? index.entries : [];
}

/** What a folder would hold with other entries. */
export interface Survey {
	/** Those of the entries that can be read. */
	readonly kept: readonly LayoutEntry[];
	readonly wanted: ReadonlySet<Digest>;
	/** Blobs to take from the staged folder. */
	readonly added: readonly Digest[];
	readonly change: StoreChange;
}

/** Looks what making these the entries of a folder would change. An entry whose manifest is gone or damaged is dropped. */
export async function survey(
	dir: string,
	entries: readonly LayoutEntry[],
	stagedDir: string | undefined,
): Promise<Survey> {
	const dirs = stagedDir === undefined ? [dir] : [stagedDir, dir];
	const kept: LayoutEntry[] = [];
	const wanted = new Map<Digest, number | undefined>();
	for (const entry of entries) {
		const reachable = await reachableFrom(entry, dirs);
		if (reachable.kind === 'failed') {
			throw new StoreProblem(reachable.reason);
		}

		if (reachable.kind === 'blobs') {
			kept.push(entry);
			for (const [digest, size] of reachable.blobs) {
				wanted.set(digest, size);
			}
		}
	}

	const own = await blobSizes(dir);
	const staged = stagedDir === undefined ? new Map<Digest, number>() : await blobSizes(stagedDir);
	// What is there with another size than its manifest says is damaged.
	const added = [...wanted].filter(
		([digest, size]) => staged.has(digest) && own.get(digest) !== (size ?? staged.get(digest)),
	);
	const sum = (digests: Iterable<Digest>, sizes: ReadonlyMap<Digest, number>): number =>
		[...digests].reduce((bytes, digest) => bytes + (sizes.get(digest) ?? 0), 0);
	return {
		kept,
		wanted: new Set(wanted.keys()),
		added: added.map(([digest]) => digest),
		change: {
			added: sum(
				added.map(([digest]) => digest),
				staged,
			),
			removed: sum(
				[...own.keys()].filter(digest => !wanted.has(digest)),
				own,
			),
		},
	};
}

/**
 * Makes these the entries of a folder; called under its lock. Blobs come first, from the staged folder, the index by one
 * rename, and only then whatever it does not reach goes: killed in between, the folder reads as it was or as it is to be,
 * and the next change removes what is left over.
 */
export async function takeOver(
	dir: string,
	entries: readonly LayoutEntry[],
	stagedDir: string | undefined,
): Promise<StoreChange> {
	await removeLeftovers(dir);
	await rm(path.join(dir, 'index.json.new'), {force: true});
	const {kept, wanted, added, change} = await survey(dir, entries, stagedDir);
	if (stagedDir !== undefined) {
		await moveBlobs(stagedDir, dir, added);
	}

	await writeIndex(dir, kept);
	await removeOtherBlobs(dir, wanted);
	return change;
}

/** The blobs an entry leads to, read from the first folder that has them. */
export async function reachableFrom(entry: LayoutEntry, dirs: readonly string[]): Promise<Reachable> {
	const size = entry.json['size'];
	return reachableBlobs({digest: entry.digest, ...(typeof size === 'number' && {size})}, digest =>
		readBlob(dirs, digest),
	);
}

/** Blobs of a folder that have the size their manifests say; what is damaged is not taken along. */
export async function wholeBlobs(dir: string): Promise<ReadonlySet<Digest>> {
	const whole = new Set<Digest>();
	for (const entry of await entriesOf(dir)) {
		const reachable = await reachableFrom(entry, [dir]);
		for (const [digest, size] of reachable.kind === 'blobs' ? reachable.blobs : []) {
			const own = await blobSize(dir, digest);
			if (own !== undefined && own === (size ?? own)) {
				whole.add(digest);
			}
		}
	}

	return whole;
}
