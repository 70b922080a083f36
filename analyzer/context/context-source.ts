import {existsSync, lstatSync, readdirSync, readlinkSync, type Stats} from 'node:fs';
import nodePath from 'node:path';
import type {FileContent, FileEntry} from '../files/file-tree.ts';
import {orFail} from './context-problem.ts';
import {diskContent} from './disk-content.ts';

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
}

/** The files of a folder as they lie on the disk. */
export function diskSource(directory: string, attributesOf: AttributesOf = () => undefined): ContextSource {
	return {
		names: folder => orFail(folder, () => readdirSync(nodePath.join(directory, folder))),
		entry: path => entryAt(directory, path, attributesOf),
		content: ({path, size}) => diskContent(directory, path, size),
		has: path => existsSync(nodePath.join(directory, path)),
	};
}

// Sockets are not sent to the builder (fsutil send.go).
function entryAt(directory: string, path: string, attributesOf: AttributesOf): FileEntry | undefined {
	const absolute = nodePath.join(directory, path);
	const stats = orFail(path, () => lstatSync(absolute));
	const kind = kindOf(stats);
	if (kind === undefined) {
		return undefined;
	}

	const xattrs = orFail(path, () => attributesOf(absolute));
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
		...(xattrs !== undefined && {xattrs}),
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
