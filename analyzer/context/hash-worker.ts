import {parentPort} from 'node:worker_threads';
import type {FileEntry} from '../files/file-tree.ts';
import {diskContent} from './disk-content.ts';
import {tarsumHeader} from './entry-digest.ts';

/** Files of one folder to hash. */
export interface HashBatch {
	readonly directory: string;
	readonly entries: readonly FileEntry[];
}

/** Their digests in hex, in the same order; nothing for one that cannot be read. */
export type HashedBatch = readonly (string | undefined)[];

// The body of a worker thread: it answers each batch.
parentPort?.on('message', ({directory, entries}: HashBatch) => {
	const digests: HashedBatch = entries.map(entry => {
		try {
			return diskContent(directory, entry.path, entry.size).digest(tarsumHeader(entry));
		} catch {
			return undefined;
		}
	});
	parentPort?.postMessage(digests);
});
