import {existsSync, lstatSync, readdirSync, readlinkSync, type Stats} from 'node:fs';
import nodePath from 'node:path';
import type {EntryMemo, FileContent, FileEntry} from '../files/file-tree.ts';
import {orFail} from './context-problem.ts';
import {diskContent} from './disk-content.ts';
import type {FileDigests, FileStamp} from './file-digests.ts';

/** The extended attributes of a file by their names; `undefined` where it has none. `file` is absolute, a link is not followed. */
export type AttributesOf = (file: string) => ReadonlyMap<string, Uint8Array> | undefined;

/** Where the files of a build context are, ignored ones too; paths are relative to it. Reading throws `ContextFailure`. */
export interface ContextSource {
	/** What a folder holds, in any order; '' is the context itself. */
	names(folder: string): readonly string[];
	/** `undefined` for what is sent to no builder. */
	entry(path: string): FileEntry | undefined;
	content(entry: FileEntry): FileContent;
	has(path: string): boolean;
	/** Digests of files by their entries; absent where each is to be read. */
	readonly memo?: EntryMemo;
}

/** The files of a folder as they lie on the disk; `digests` are those that are known of earlier. */
export function diskSource(
	directory: string,
	attributesOf: AttributesOf = () => undefined,
	digests: FileDigests = noDigests,
): ContextSource {
	const seen = new Map<FileEntry, Seen>();
	return {
		names: folder => orFail(folder, () => readdirSync(within(directory, folder))),
		entry(path) {
			const seenMs = Date.now();
			const stats = orFail(path, () => lstatSync(within(directory, path)));
			const entry = entryOf(directory, path, stats, attributesOf);
			if (entry?.kind === 'file') {
				seen.set(entry, {stamp: stampOf(stats), seenMs});
			}

			return entry;
		},
		content: ({path, size}) => diskContent(directory, path, size),
		has: path => existsSync(within(directory, path)),
		memo: memoOf(digests, seen),
	};
}

const noDigests: FileDigests = {find: () => undefined, note: () => undefined};

/** How a file was when it was listed. */
interface Seen {
	readonly stamp: FileStamp;
	readonly seenMs: number;
	digest?: string | undefined;
}

function memoOf(digests: FileDigests, seen: ReadonlyMap<FileEntry, Seen>): EntryMemo {
	return {
		find(entry) {
			const one = seen.get(entry);
			if (one !== undefined) {
				one.digest ??= digests.find(entry.path, one.stamp);
			}

			return one?.digest;
		},
		note(entry, digest) {
			const one = seen.get(entry);
			if (one !== undefined) {
				one.digest = digest;
				digests.note(entry.path, one.stamp, one.seenMs, digest);
			}
		},
	};
}

function stampOf({mode, size, mtimeMs, ctimeMs, ino}: Stats): FileStamp {
	return {mode, size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino};
}

// The same as joining, of paths that are clean already.
function within(directory: string, path: string): string {
	return path === '' ? directory : `${directory}/${path}`;
}

// Sockets are not sent to the builder (fsutil send.go).
function entryOf(directory: string, path: string, stats: Stats, attributesOf: AttributesOf): FileEntry | undefined {
	const absolute = within(directory, path);
	const kind = kindOf(stats);
	if (kind === undefined) {
		return undefined;
	}

	let xattrs: ReturnType<AttributesOf> | 'unread' = 'unread';
	return {
		path,
		kind,
		// BuildKit shows every link as 0777, whatever the system says.
		mode: kind === 'symlink' ? 0o777 : stats.mode & 0o7777,
		// The client sends every file as root's (BuildKit client/solve.go).
		uid: 0,
		gid: 0,
		size: kind === 'file' ? stats.size : 0,
		link: kind === 'symlink' ? orFail(path, () => readlinkSync(absolute)).replaceAll(nodePath.sep, '/') : '',
		device: kind === 'device' || kind === 'block-device' ? stats.rdev : 0,
		// Of a file whose digest is known none are asked for.
		get xattrs() {
			xattrs = xattrs === 'unread' ? orFail(path, () => attributesOf(absolute)) : xattrs;
			return xattrs;
		},
	};
}

function kindOf(stats: Stats): FileEntry['kind'] | undefined {
	if (stats.isFile()) {
		return 'file';
	}

	if (stats.isDirectory()) {
		return 'directory';
	}

	if (stats.isSymbolicLink()) {
		return 'symlink';
	}

	if (stats.isFIFO()) {
		return 'fifo';
	}

	if (stats.isBlockDevice()) {
		return 'block-device';
	}

	return stats.isSocket() ? undefined : 'device';
}
