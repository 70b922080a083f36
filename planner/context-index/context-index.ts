import {randomUUID} from 'node:crypto';
import {mkdirSync, readFileSync} from 'node:fs';
import {readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type FileDigests, sha256} from '../../analyzer/index.ts';
import {formatIndex, type IndexEntry, parseIndex, type ReadIndex} from './index-format.ts';

/** Digests of the files of contexts, kept from one run to the next. Nothing throws: what fails is as if nothing was kept. */
export interface ContextIndex {
	/** Those of the context in an absolute folder; read when first asked for. */
	of(directory: string): FileDigests;
	/** Keeps what is new. */
	save(): Promise<void>;
}

// Two changes of a file within one tick of the file system's clock leave one stamp, so what changed this shortly before it
// was looked at is not kept, as git does not trust it either (git racy-git). The coarsest clock, FAT's, has two seconds.
const tickMs = 3000;

/** How many indexes are kept, of as many contexts; the one that was written longest ago goes first. */
const maxIndexes = 64;

/** How many files that a run did not ask for stay in the index of a context beside those that it did. */
const spareEntries = 10_000;

/** Indexes in a folder, one file for each context. They are the user's alone, for they tell names of files. */
export function contextIndex(folder: string): ContextIndex {
	const opened = new Map<string, OpenedIndex>();
	return {
		of(directory) {
			const one = opened.get(directory) ?? openIndex(folder, directory);
			opened.set(directory, one);
			return one.digests;
		},
		async save() {
			for (const one of opened.values()) {
				await one.save().catch(() => undefined);
			}
		},
	};
}

interface OpenedIndex {
	readonly digests: FileDigests;
	save(): Promise<void>;
}

function openIndex(folder: string, directory: string): OpenedIndex {
	const file = path.join(folder, `${sha256(directory).slice('sha256:'.length)}.index`);
	let read: ReadIndex | undefined;
	const used = new Set<string>();
	const fresh = new Map<string, IndexEntry>();
	let savedSize = 0;
	const before = (): ReadIndex => {
		read ??= readIndex(file, directory) ?? emptyIndex;
		return read;
	};

	return {
		digests: {
			find(name, stamp) {
				const digest = before().find(name, stamp);
				if (digest !== undefined) {
					used.add(name);
				}

				return digest;
			},
			note(name, stamp, seenMs, digest) {
				if (Math.max(stamp.modifiedMs, stamp.changedMs) + tickMs < seenMs) {
					fresh.set(name, {stamp, digest});
				}
			},
		},
		async save() {
			if (fresh.size === savedSize) {
				return;
			}

			savedSize = fresh.size;
			const old = before();
			const keepsSpare = old.size - used.size <= Math.max(spareEntries, used.size + fresh.size);
			const all = new Map<string, IndexEntry>();
			for (const name of keepsSpare ? old.paths : used) {
				const entry = old.get(name);
				if (entry !== undefined) {
					all.set(name, entry);
				}
			}

			for (const [name, entry] of fresh) {
				all.set(name, entry);
			}

			await writeIndex(folder, file, formatIndex(directory, all));
		},
	};
}

const emptyIndex: ReadIndex = {paths: [], size: 0, get: () => undefined, find: () => undefined};

function readIndex(file: string, directory: string): ReadIndex | undefined {
	try {
		return parseIndex(readFileSync(file), directory);
	} catch {
		return undefined;
	}
}

async function writeIndex(folder: string, file: string, bytes: Uint8Array): Promise<void> {
	mkdirSync(folder, {recursive: true, mode: 0o700});
	// Under another name first: who reads meanwhile sees the old one or the new one.
	const part = path.join(folder, `${randomUUID()}.part`);
	try {
		await writeFile(part, bytes, {mode: 0o600});
		await rename(part, file);
	} catch (error) {
		await rm(part, {force: true});
		throw error;
	}

	await makeRoom(folder);
}

async function makeRoom(folder: string): Promise<void> {
	const names = await readdir(folder);
	if (names.length <= maxIndexes) {
		return;
	}

	const files = await Promise.all(
		names.map(async name => ({name, time: (await stat(path.join(folder, name))).mtimeMs})),
	);
	const oldest = files.toSorted((a, b) => a.time - b.time).slice(0, names.length - maxIndexes);
	await Promise.all(oldest.map(({name}) => rm(path.join(folder, name), {force: true})));
}
