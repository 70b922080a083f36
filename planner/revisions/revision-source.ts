import {type ContextSource, type FileContent, type FileEntry, OpenContent, sha256} from '../../analyzer/index.ts';
import type {GitBlobs} from './git-blobs.ts';
import type {GitEntry, RevisionIndex} from './revision-index.ts';

/** How files that git cannot tell of are taken (ignored ones, submodules at another commit): as they are now, or as something that is not known. */
export interface Unkept {
	readonly isInDoubt: boolean;
	/** Hears of each that may become part of a context; relative to the work tree's root. */
	readonly onFound: (path: string) => void;
}

/** What the files of a folder at a revision are made of. */
export interface RevisionFolder {
	readonly index: RevisionIndex;
	/** The folder's path in the work tree, '' for its root. */
	readonly prefix: string;
	/** The same folder as it is now. */
	readonly disk: ContextSource;
	readonly blobs: GitBlobs;
	/** What to make of files that git does not keep: see `RevisionReading`. */
	readonly unkept: Unkept;
	/** For the modes of files that are no longer there. */
	readonly umask: number;
}

/**
 * The files of a folder as a checkout of a revision would put them beside what git does not keep. A file that git sees
 * unchanged is taken from the disk: that is what its filters, line ends and umask made of it. Of one that has changed,
 * git's own bytes are taken, which differ from those of now as surely as what a filter makes of them; its mode is that
 * of now where git keeps the same of it, since the rest of a mode is no part of any revision.
 */
export function revisionSource({index, prefix, disk, blobs, unkept, umask}: RevisionFolder): ContextSource {
	const inTree = (path: string) => (prefix === '' ? path : path === '' ? prefix : `${prefix}/${path}`);
	const submoduleOf = (path: string): string | undefined => {
		for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
			const folder = path.slice(0, end);
			if (index.entry(inTree(folder))?.mode === '160000') {
				return folder;
			}
		}

		return undefined;
	};
	// A submodule counts as a whole: with another commit checked out, only its repository knows what it was.
	const isOpen = (path: string): boolean => {
		const submodule = submoduleOf(path);
		return submodule !== undefined && !index.isUnchanged(inTree(submodule));
	};
	const isOnDisk = (path: string): boolean => submoduleOf(path) !== undefined || index.isUnchanged(inTree(path));
	// Ignored, or a folder without a file that git could keep.
	const isUnkept = (path: string): boolean =>
		index.isUnkept(inTree(path)) ||
		(disk.entry(path)?.kind === 'directory' && disk.names(path).every(name => isUnkept(below(path, name))));
	const unkeptIn = (folder: string, kept: ReadonlySet<string>): readonly string[] =>
		disk.has(folder) && disk.entry(folder)?.kind === 'directory'
			? disk.names(folder).filter(name => !kept.has(name) && isUnkept(below(folder, name)))
			: [];

	return {
		names(folder) {
			if (submoduleOf(folder) !== undefined) {
				return disk.has(folder) && !(unkept.isInDoubt && isOpen(folder)) ? disk.names(folder) : [];
			}

			const kept = index.names(inTree(folder));
			return [...kept, ...unkeptIn(folder, new Set(kept))];
		},
		entry(path) {
			const git = index.entry(inTree(path));
			const now = disk.has(path) || git === undefined ? disk.entry(path) : undefined;
			if ((git === undefined && submoduleOf(path) === undefined) || (git?.mode === '160000' && isOpen(path))) {
				// A submodule is a folder, also where nothing of it is checked out.
				const known = now ?? (git === undefined ? undefined : plain(path, 'directory', 0o777 & ~umask));
				if (known === undefined) {
					return undefined;
				}

				unkept.onFound(inTree(path));
				return unkept.isInDoubt ? {...known, doubt: 'git cannot tell what it was'} : known;
			}

			return git === undefined || (now !== undefined && isOnDisk(path)) ? now : entryOf(path, git, now);
		},
		content(entry) {
			const git = index.entry(inTree(entry.path));
			return git === undefined || isOnDisk(entry.path)
				? disk.content(entry)
				: contentOf(inTree(entry.path), git, blobs);
		},
		has: path => index.entry(inTree(path)) !== undefined || (disk.has(path) && isUnkept(path)),
	};

	function entryOf(path: string, {mode, object}: GitEntry, now: FileEntry | undefined): FileEntry {
		if (mode === '040000' || mode === '160000') {
			return now?.kind === 'directory' ? now : plain(path, 'directory', 0o777 & ~umask);
		}

		const size = blobs.size(object);
		const doubt = size === undefined ? {doubt: missing(inTree(path))} : {};
		if (mode === '120000') {
			return {...plain(path, 'symlink', 0o777), link: Buffer.from(blobs.read(object) ?? []).toString(), ...doubt};
		}

		const isExecutable = mode === '100755';
		const isAlike = now?.kind === 'file' && ((now.mode & 0o100) !== 0) === isExecutable;
		const own = plain(path, 'file', (isExecutable ? 0o777 : 0o666) & ~umask);
		return {...(isAlike ? now : own), size: size ?? 0, ...doubt};
	}
}

function plain(path: string, kind: FileEntry['kind'], mode: number): FileEntry {
	return {path, kind, mode, uid: 0, gid: 0, size: 0, link: '', device: 0};
}

function below(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}

function contentOf(path: string, {object}: GitEntry, {read}: GitBlobs): FileContent {
	const bytes = (): Uint8Array => {
		const found = read(object);
		if (found === undefined) {
			throw new OpenContent(missing(path));
		}

		return found;
	};
	return {
		digest: header => sha256(Buffer.concat([header, bytes()])).slice('sha256:'.length),
		head: limit => bytes().subarray(0, limit),
	};
}

function missing(path: string): string {
	return `this clone does not have what ${path} was; git fetch --refetch brings it`;
}
