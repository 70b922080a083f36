import nodePath from 'node:path';
import type {FileContent} from '../../analyzer/index.ts';
import {diskFiles, type SourceFiles} from '../source-files.ts';

/** The disk, for trees that have most files in common: what one has hashed the others do not hash again. */
export function sharedDisk(): SourceFiles {
	const digests = new Map<string, string>();
	const shared = (file: string, content: FileContent): FileContent => ({
		head: limit => content.head(limit),
		digest(header) {
			const key = `${file}\0${Buffer.from(header).toString('latin1')}`;
			const digest = digests.get(key) ?? content.digest(header);
			digests.set(key, digest);
			return digest;
		},
	});
	return {
		...diskFiles,
		folder(directory, attributesOf) {
			const source = diskFiles.folder(directory, attributesOf);
			return {
				...source,
				content: entry => shared(nodePath.join(directory, entry.path), source.content(entry)),
			};
		},
	};
}
