import {readFile, stat} from 'node:fs/promises';
import {type AttributesOf, type ContextSource, diskSource, type FileDigests} from '../analyzer/index.ts';

/** Where Dockerfile, ignore files and contexts are read; paths are absolute. */
export interface SourceFiles {
	/** Throws as `readFile` of Node does: ENOENT for what is not there. */
	readFile(path: string): Promise<Uint8Array>;
	/** `undefined` where there is nothing. */
	kindOf(path: string): Promise<'folder' | 'other' | undefined>;
	/** The files below a folder. */
	folder(directory: string, attributesOf: AttributesOf): ContextSource;
}

/** The work tree as it lies on the disk. `digestsOf` gives those that are known of the files in a folder. */
export function filesOnDisk(digestsOf: (directory: string) => FileDigests | undefined): SourceFiles {
	return {
		readFile: path => readFile(path),
		async kindOf(path) {
			const info = await stat(path).catch(() => undefined);
			return info === undefined ? undefined : info.isDirectory() ? 'folder' : 'other';
		},
		folder: (directory, attributesOf) => diskSource(directory, attributesOf, digestsOf(directory)),
	};
}

/** The same, with nothing known. */
export const diskFiles: SourceFiles = filesOnDisk(() => undefined);
