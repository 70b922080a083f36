import type {SourceFiles} from './source-files.ts';

/** What of contexts has been hashed. */
export interface Hashed {
	readonly files: number;
	readonly bytes: number;
}

/** The same files; `onHashed` hears after each one that has been hashed how much that is by now. It is called often. */
export function countedFiles(source: SourceFiles, onHashed: (hashed: Hashed) => void): SourceFiles {
	let [files, bytes] = [0, 0];
	return {
		...source,
		folder(directory, attributesOf) {
			const folder = source.folder(directory, attributesOf);
			const {memo} = folder;
			return memo === undefined
				? folder
				: {
						...folder,
						memo: {
							find: entry => memo.find(entry),
							note(entry, digest) {
								memo.note(entry, digest);
								files++;
								bytes += entry.size;
								onHashed({files, bytes});
							},
						},
					};
		},
	};
}
