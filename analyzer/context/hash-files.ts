import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import type {FileEntry} from '../files/file-tree.ts';
import type {HashBatch, HashedBatch} from './hash-worker.ts';

// Less is done sooner than a thread is started.
const fewBytes = 16 << 20;
const fewFiles = 2000;

// What a thread is given at a time: enough that asking costs nothing, little enough that all have work to the end.
const batchBytes = 8 << 20;
const batchFiles = 256;

const maxWorkers = 8;

/** Whether hashing these files is worth threads. */
export function isMuch(entries: readonly FileEntry[]): boolean {
	return entries.length > fewFiles || entries.reduce((sum, {size}) => sum + size, 0) > fewBytes;
}

/**
 * Hashes files of a folder in threads, as many as the machine has processors, and notes each digest. Each thread holds one
 * buffer, whatever the size of a file. A file that cannot be read is left out: who needs it will be told so when it reads it.
 */
export async function hashFiles(
	directory: string,
	entries: readonly FileEntry[],
	note: (entry: FileEntry, digest: string) => void,
): Promise<void> {
	const batches = batchesOf(entries);
	const count = Math.min(availableParallelism(), maxWorkers, entries.length);
	await Promise.all(Array.from({length: count}, () => work(directory, batches, note)));
}

// A thread that cannot be started or dies leaves its files to whoever needs them.
function work(
	directory: string,
	batches: Iterator<readonly FileEntry[]>,
	note: (entry: FileEntry, digest: string) => void,
): Promise<void> {
	return new Promise(resolve => {
		const worker = new Worker(new URL('./hash-worker.js', import.meta.url));
		let current: readonly FileEntry[] = [];
		const next = (): void => {
			const batch = batches.next();
			if (batch.done === true) {
				void worker.terminate().then(() => resolve());
				return;
			}

			current = batch.value;
			const message: HashBatch = {directory, entries: current};
			worker.postMessage(message);
		};
		worker.on('message', (digests: HashedBatch) => {
			for (const [place, entry] of current.entries()) {
				const digest = digests[place];
				if (digest !== undefined) {
					note(entry, digest);
				}
			}

			next();
		});
		worker.on('error', () => resolve());
		next();
	});
}

function* batchesOf(entries: readonly FileEntry[]): Generator<readonly FileEntry[], undefined> {
	let batch: FileEntry[] = [];
	let bytes = 0;
	for (const entry of entries) {
		batch.push(entry);
		bytes += entry.size;
		if (bytes >= batchBytes || batch.length === batchFiles) {
			yield batch;
			batch = [];
			bytes = 0;
		}
	}

	if (batch.length > 0) {
		yield batch;
	}

	return undefined;
}
