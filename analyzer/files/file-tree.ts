/** A file, folder or link, as far as a content key can see it. */
export interface FileEntry {
	/** Path from the tree's root with forward slashes, '' for the root. */
	readonly path: string;
	readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'device' | 'block-device';
	/** Permission bits with setuid, setgid and sticky. */
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Bytes of a file, else 0. */
	readonly size: number;
	/** Target of a link, else ''. */
	readonly link: string;
	readonly device: number;
	/** Extended attributes by name; absent where there are none. */
	readonly xattrs?: ReadonlyMap<string, Uint8Array> | undefined;
	/** Why owner, mode or attributes are not known for sure. */
	readonly doubt?: string;
}

/** The bytes of a file. */
export interface FileContent {
	/** SHA-256 over a header and the bytes. Throws `ContextFailure` or `OpenContent`. */
	digest(header: Uint8Array): string;
	/** The first bytes, as many as asked for at most. Throws likewise. */
	head(limit: number): Uint8Array;
}

/** Digests of a tree's entries that need not be read for them. */
export interface EntryMemo {
	/** Of an entry as the tree gave it: one with another mode is another object, and has another digest. */
	find(entry: FileEntry): string | undefined;
	note(entry: FileEntry, digest: string): void;
}

/** The files of a build context, an image or a stage that needs not run to be known. */
export interface FileTree {
	readonly root: FileEntry;
	/** The root was never sent as an entry, so that it has no header of its own: a build context. */
	readonly hasBareRoot: boolean;
	/** What a folder holds, in byte order of the names (the order BuildKit hashes in). */
	children(entry: FileEntry): readonly FileEntry[];
	/** One child by name. */
	child(entry: FileEntry, name: string): FileEntry | undefined;
	/** The bytes of an entry of kind `file`. */
	content(entry: FileEntry): FileContent;
	/** Digests of files that are known without reading them; absent where none are. */
	readonly memo?: EntryMemo | undefined;
	/** The ignore pattern that leaves out what the disk has at these names below a folder; for error messages. */
	excludedBy?(folder: FileEntry, names: readonly string[]): string | undefined;
}

/** Content that only the build can tell, or that is not read yet; `contentDigester` turns it into data. */
export class OpenContent extends Error {
	/** One clause; absent where it is that a stage has to run. */
	readonly reason: string | undefined;

	constructor(reason: string | undefined) {
		super(`internal: ${reason ?? 'a stage has to run'}`);
		this.reason = reason;
	}
}
