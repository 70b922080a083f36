import {existsSync, lstatSync, readdirSync, readlinkSync, type Stats} from 'node:fs';
import nodePath from 'node:path';
import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {orFail} from './context-problem.ts';
import {diskContent} from './disk-content.ts';
import type {IgnoreMatcher, MatchInfo} from './dockerignore.ts';
import {compareBytes} from './selector.ts';

/** A file, folder or link of the build context. */
export type ContextEntry = FileEntry;

/** The build context after .dockerignore, read lazily: a folder is listed when something in it is asked for. */
export interface ContextTree extends FileTree {
	/** Absolute path of the folder. */
	readonly directory: string;
	/** The patterns of the ignore file in force, a leading `!` with them. */
	readonly ignore: readonly string[];
	excludedBy(folder: ContextEntry, names: readonly string[]): string | undefined;
}

interface Listing {
	readonly entries: readonly ContextEntry[];
	readonly byName: ReadonlyMap<string, ContextEntry>;
}

/** The extended attributes of a file by their names; `undefined` where it has none. `file` is absolute, a link is not followed. */
export type AttributesOf = (file: string) => ReadonlyMap<string, Uint8Array> | undefined;

/** Opens a build context. Listing throws `ContextFailure` where the file system refuses. */
export function openContext(
	directory: string,
	matcher: IgnoreMatcher | undefined,
	attributesOf: AttributesOf = () => undefined,
): ContextTree {
	const listings = new Map<string, Listing>();
	const infos = new Map<string, MatchInfo>();

	const list = (entry: ContextEntry): Listing => {
		const known = listings.get(entry.path);
		if (known !== undefined) {
			return known;
		}

		const entries = entry.kind === 'directory' ? read(entry) : [];
		const listing = {entries, byName: new Map(entries.map(one => [nodePath.posix.basename(one.path), one]))};
		listings.set(entry.path, listing);
		return listing;
	};

	const read = (parent: ContextEntry): readonly ContextEntry[] => {
		const names = orFail(parent.path, () => readdirSync(nodePath.join(directory, parent.path))).sort(compareBytes);
		const entries: ContextEntry[] = [];
		for (const name of names) {
			const path = parent.path === '' ? name : `${parent.path}/${name}`;
			const info = matcher?.matches(path, infos.get(parent.path));
			if (info?.excluded && matcher?.mayHoldIncluded(path) !== true) {
				continue;
			}

			const entry = entryAt(directory, path, attributesOf);
			if (entry === undefined) {
				continue;
			}

			if (info !== undefined && entry.kind === 'directory') {
				infos.set(path, info);
			}

			// An ignored folder comes back when a `!` pattern lets something below it in (fsutil filter.go).
			if (!info?.excluded || (entry.kind === 'directory' && list(entry).entries.length > 0)) {
				entries.push(entry);
			}
		}

		return entries;
	};

	return {
		directory,
		ignore: matcher?.patterns.map(({text, inverted}) => `${inverted ? '!' : ''}${text}`) ?? [],
		hasBareRoot: true,
		content: ({path, size}) => diskContent(directory, path, size),
		root: {path: '', kind: 'directory', mode: 0, uid: 0, gid: 0, size: 0, link: '', device: 0},
		children: entry => list(entry).entries,
		child: (entry, name) => list(entry).byName.get(name),
		excludedBy: (folder, names) => {
			let {path} = folder;
			let info = infos.get(path);
			for (const name of names) {
				path = path === '' ? name : `${path}/${name}`;
				info = matcher?.matches(path, info);
			}

			return info?.excluded && existsSync(nodePath.join(directory, path))
				? matcher?.patterns[info.matched.lastIndexOf(true)]?.text
				: undefined;
		},
	};
}

// Sockets are not sent to the builder (fsutil send.go).
function entryAt(directory: string, path: string, attributesOf: AttributesOf): ContextEntry | undefined {
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

function kindOf(stats: Stats): ContextEntry['kind'] | undefined {
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
