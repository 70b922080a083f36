import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import {blobSizes, linkBlobs} from './blob-folder.ts';
import {withLock} from './folder-lock.ts';
import type {Keep} from './keep.ts';
import {type LocalExport, stageLocalExport} from './local-export.ts';
import {makeWorkFolder, type WorkFolder} from './owner.ts';
import {pruneStore} from './prune.ts';

/** What a build did to one local cache; bytes of blobs. */
export interface CacheChange {
	readonly dir: string;
	readonly added: number;
	readonly removed: number;
	/** Why it is not, or not wholly, as it should be; it is whole all the same. */
	readonly problem?: string;
}

/** The local caches of one build. Nothing here throws: a cache that cannot be written is a problem of the report. */
export interface LocalCaches {
	/** Where the builder reads a cache: as it is now, whatever this build and others do to it meanwhile. */
	readFrom(cacheDir: string): Promise<string>;
	/** Where it writes the cache of a target; nothing where that cannot be prepared. */
	stage(cacheDir: string, cache: CacheName): Promise<PendingExport | undefined>;
	/** Applies the limits, when all targets are built. */
	finish(): Promise<void>;
	changes(): readonly CacheChange[];
	close(): Promise<void>;
}

export interface CacheName {
	readonly tag: string;
	/** The tag of the default target. */
	readonly mainTag: string;
	readonly target: string;
}

export interface PendingExport {
	readonly dir: string;
	commit(): Promise<void>;
	discard(): Promise<void>;
}

/** `now`: the time that the build counts as a use of what it finds and makes. */
export function localCaches(keep: Keep, now: number): LocalCaches {
	const readings = new Map<string, Promise<WorkFolder | undefined>>();
	const changes = new Map<string, CacheChange>();
	const note = (dir: string, {added = 0, removed = 0, problem}: Partial<CacheChange>): void => {
		const known = changes.get(dir);
		const first = known?.problem ?? problem;
		changes.set(dir, {
			dir,
			added: (known?.added ?? 0) + added,
			removed: (known?.removed ?? 0) + removed,
			...(first !== undefined && {problem: first}),
		});
	};
	const attempt = async <T>(dir: string, act: () => Promise<T>): Promise<T | undefined> => {
		try {
			return await act();
		} catch (error) {
			note(dir, {problem: error instanceof Error ? error.message : String(error)});
			return undefined;
		}
	};
	const pending = (dir: string, staged: LocalExport): PendingExport => ({
		dir: staged.dir,
		async commit() {
			note(dir, (await attempt(dir, () => staged.commit())) ?? {});
		},
		discard: () => staged.discard(),
	});
	return {
		async readFrom(cacheDir) {
			const reading = readings.get(cacheDir) ?? holdFast(cacheDir).catch(() => undefined);
			readings.set(cacheDir, reading);
			return (await reading)?.dir ?? cacheDir;
		},
		async stage(cacheDir, {tag, mainTag, target}) {
			const staged = await attempt(cacheDir, () =>
				stageLocalExport({cacheDir, notes: {tag, mainTag, target, usedAt: now}, keep}),
			);
			return staged === undefined ? undefined : pending(cacheDir, staged);
		},
		async finish() {
			for (const dir of [...changes.keys()]) {
				note(dir, (await attempt(dir, () => pruneStore(dir, {keep, now, isDry: false}))) ?? {});
			}
		},
		changes: () => [...changes.values()],
		async close() {
			for (const reading of readings.values()) {
				await (await reading)?.remove();
			}
		},
	};
}

/**
 * The cache as it is now, in a folder of its own whose blobs are hard links: a step that is pulled late must find its
 * layers though an export has removed them since. Nothing where the file system has no links.
 */
async function holdFast(cacheDir: string): Promise<WorkFolder | undefined> {
	return withLock(cacheDir, async () => {
		const folder = await makeWorkFolder(cacheDir, 'reading');
		try {
			if (await linkBlobs(cacheDir, folder.dir, (await blobSizes(cacheDir)).keys())) {
				await copyFile(path.join(cacheDir, 'index.json'), path.join(folder.dir, 'index.json'));
				return folder;
			}
		} catch {
			// There is no cache yet, or it cannot be read: the builder will say so itself.
		}

		await folder.remove();
		return undefined;
	});
}
