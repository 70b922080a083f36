import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {copyFile, readFile} from 'node:fs/promises';
import path from 'node:path';
import {Transform, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Digest} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';
import {type Pack, pack} from '../tar.ts';
import {blobSize, linkBlobs} from './blob-folder.ts';
import {withLock} from './folder-lock.ts';
import {makeWorkFolder} from './owner.ts';
import {entriesOf, reachableFrom, StoreProblem} from './take-over.ts';

export interface SavedArchive {
	readonly blobs: number;
	/** Of the blobs. */
	readonly bytes: number;
}

/**
 * Writes a cache folder as a tar, an OCI archive: the same cache gives the same bytes. Not compressed, for the blobs are.
 * Exports that go on meanwhile do not disturb it. Throws a StoreProblem where a blob is not what it should be.
 */
export async function saveArchive(dir: string, out: Writable, signal?: AbortSignal): Promise<SavedArchive> {
	const {source, blobs, release} = await holdBlobs(dir);
	const tar = pack();
	try {
		const writing = pipeline(tar, out, ...(signal === undefined ? [] : [{signal}]));
		// The reader ends first where writing fails.
		const filling = fill(tar, source, blobs).catch((error: Error) => {
			tar.destroy(error);
			throw error;
		});
		await Promise.all([filling, writing]);
		return {blobs: blobs.size, bytes: [...blobs.values()].reduce((sum, size) => sum + size, 0)};
	} finally {
		await release();
	}
}

interface Held {
	/** A folder with these blobs and the index. */
	readonly source: string;
	/** By digest in order. */
	readonly blobs: ReadonlyMap<Digest, number>;
	release(): Promise<void>;
}

async function holdBlobs(dir: string): Promise<Held> {
	return withLock(dir, async () => {
		const wanted = new Map<Digest, number | undefined>();
		for (const entry of await entriesOf(dir)) {
			const reachable = await reachableFrom(entry, [dir]);
			if (reachable.kind !== 'blobs') {
				throw new StoreProblem(reachable.kind === 'broken' ? reachable.problem : reachable.reason);
			}

			for (const [digest, size] of reachable.blobs) {
				wanted.set(digest, size);
			}
		}

		const blobs = new Map<Digest, number>();
		for (const digest of [...wanted.keys()].sort()) {
			const [size, own] = [wanted.get(digest), await blobSize(dir, digest)];
			if (own === undefined || own !== (size ?? own)) {
				throw new StoreProblem(
					`blob ${digest} ${own === undefined ? 'is not there' : `has ${own} bytes instead of ${size}`}`,
				);
			}

			blobs.set(digest, own);
		}

		const folder = await makeWorkFolder(dir, 'reading');
		if (await linkBlobs(dir, folder.dir, blobs.keys())) {
			await copyFile(path.join(dir, 'index.json'), path.join(folder.dir, 'index.json'));
			return {source: folder.dir, blobs, release: () => folder.remove()};
		}

		await folder.remove();
		return {source: dir, blobs, release: async () => undefined};
	});
}

async function fill(tar: Pack, source: string, blobs: ReadonlyMap<Digest, number>): Promise<void> {
	await addFile(tar, 'oci-layout', new TextEncoder().encode('{"imageLayoutVersion":"1.0.0"}'));
	await addFile(tar, 'index.json', await readFile(path.join(source, 'index.json')));
	for (const [digest, size] of blobs) {
		const entry = tar.entry({...plain, name: `blobs/sha256/${digest.slice('sha256:'.length)}`, size});
		await pipeline(createReadStream(blobFile(source, digest), {highWaterMark: 1 << 20}), checking(digest), entry);
	}

	tar.finalize();
}

// Nothing of the machine: the same content is the same archive.
const plain = {mode: 0o644, uid: 0, gid: 0, mtime: new Date(0)} as const;

function addFile(tar: Pack, name: string, bytes: Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		tar.entry({...plain, name}, Buffer.from(bytes), error => (error ? reject(error) : resolve()));
	});
}

function checking(digest: Digest): Transform {
	const hash = createHash('sha256');
	return new Transform({
		transform(chunk: Uint8Array, _, done) {
			hash.update(chunk);
			done(null, chunk);
		},
		flush(done) {
			const actual = `sha256:${hash.digest('hex')}`;
			done(actual === digest ? null : new StoreProblem(`blob ${digest} has other content`));
		},
	});
}
