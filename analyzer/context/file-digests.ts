/** What the file system tells of a file. A change of its bytes, mode or attributes changes the time of its last change. */
export interface FileStamp {
	readonly mode: number;
	readonly size: number;
	/** Milliseconds since 1970, with their fractions. */
	readonly modifiedMs: number;
	/** Of the inode: no program can set it. */
	readonly changedMs: number;
	readonly inode: number;
}

/** Digests of files as they were seen with a stamp, by paths relative to the context; hex, over header and bytes. */
export interface FileDigests {
	find(path: string, stamp: FileStamp): string | undefined;
	/** `seenMs`: when the stamp was read, which must be before the bytes were. */
	note(path: string, stamp: FileStamp, seenMs: number, digest: string): void;
}
