import {createHash} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {type Readable, Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Digest} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';
import {extract, type Headers} from '../tar.ts';
import {archiveName} from './archive-name.ts';
import {blobSizes} from './blob-folder.ts';
import {withLock} from './folder-lock.ts';
import {parseIndex} from './layout-index.ts';
import {makeWorkFolder} from './owner.ts';
import {reachableFrom, type StoreChange, StoreProblem, takeOver} from './take-over.ts';

/** The largest index.json that is taken. */
const maxIndexBytes = 4 << 20;
/** Headers between two files may take so much: what is read at once counts in. */
const maxHeaderBytes = 1 << 20;

/**
 * Reads an archive that {@link saveArchive} wrote, or any OCI archive of caches, and makes the folder hold just that. It is
 * unpacked beside the cache and taken over only when all of it is right: every name one that a cache has, every blob of
 * its digest, everything there that the index leads to. Throws a StoreProblem otherwise; the cache then is as it was.
 */
export async function loadArchive(
	input: Readable,
	dir: string,
	maxBytes: number,
	signal?: AbortSignal,
): Promise<StoreChange> {
	const staged = await makeWorkFolder(dir, 'load');
	try {
		await mkdir(path.dirname(blobFile(staged.dir, `sha256:${'0'.repeat(64)}`)), {recursive: true});
		const index = await unpack(input, staged.dir, maxBytes, signal);
		const parsed = index === undefined ? undefined : parseIndex(index);
		if (parsed?.kind !== 'index') {
			throw new StoreProblem(`the archive has ${parsed === undefined ? 'no index.json' : 'a broken index.json'}`);
		}

		const there = await blobSizes(staged.dir);
		for (const entry of parsed.entries) {
			const reachable = await reachableFrom(entry, [staged.dir]);
			if (reachable.kind !== 'blobs') {
				throw new StoreProblem(
					`the archive is incomplete: ${reachable.kind === 'broken' ? reachable.problem : reachable.reason}`,
				);
			}

			for (const [digest, size] of reachable.blobs) {
				const own = there.get(digest);
				if (own === undefined || own !== (size ?? own)) {
					throw new StoreProblem(
						`the archive is incomplete: blob ${digest} ${own === undefined ? 'is not there' : `has ${own} bytes instead of ${size}`}`,
					);
				}
			}
		}

		return await withLock(dir, () => takeOver(dir, parsed.entries, staged.dir));
	} finally {
		await staged.remove();
	}
}

/** Unpacks the blobs, checked; gives the bytes of index.json. */
async function unpack(
	input: Readable,
	dir: string,
	maxBytes: number,
	signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
	const tar = extract();
	const guard = headerGuard();
	const seen = new Set<string>();
	let index: Uint8Array | undefined;
	let total = 0;
	const accept = (header: Headers): Digest | 'index.json' | 'skip' => {
		// An entry takes a block of its own at least.
		total += (header.size ?? 0) + 512;
		if (total > maxBytes) {
			throw new StoreProblem(`the archive is refused: it holds more than ${maxBytes} bytes`);
		}

		const what = archiveName(header.name, header.type);
		if (what.kind === 'refused') {
			throw new StoreProblem(`the archive is refused: ${what.problem}`);
		}

		if (what.kind === 'folder') {
			return 'skip';
		}

		const key = what.kind === 'blob' ? what.digest : what.name;
		if (seen.has(key)) {
			throw new StoreProblem(`the archive is refused: "${key}" is in it twice`);
		}

		seen.add(key);
		const size = header.size ?? 0;
		if (what.kind === 'file' && size > maxIndexBytes) {
			throw new StoreProblem(`the archive is refused: its ${what.name} has ${size} bytes`);
		}

		return what.kind === 'blob' ? what.digest : what.name === 'index.json' ? 'index.json' : 'skip';
	};
	const reading = pipeline(input, guard.stream, tar, ...(signal === undefined ? [] : [{signal}]));
	const unpacking = (async () => {
		for await (const entry of tar) {
			guard.enterFile();
			const what = accept(entry.header);
			if (what === 'skip') {
				entry.resume();
			} else if (what === 'index.json') {
				const file = path.join(dir, 'index.json');
				await pipeline(entry, createWriteStream(file));
				index = await readFile(file);
			} else {
				await writeChecked(entry, dir, what);
			}

			guard.leaveFile();
		}
	})();
	const results = await Promise.allSettled([unpacking, reading]);
	const reasons = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
	const reason = reasons.find(one => one instanceof StoreProblem) ?? reasons[0];
	if (reason !== undefined) {
		throw reason instanceof StoreProblem
			? reason
			: new StoreProblem(`the archive could not be loaded: ${messageOf(reason)}`);
	}

	return index;
}

async function writeChecked(entry: Readable, dir: string, digest: Digest): Promise<void> {
	const hash = createHash('sha256');
	const tee = new Transform({
		transform(chunk: Uint8Array, _, done) {
			hash.update(chunk);
			done(null, chunk);
		},
	});
	await pipeline(entry, tee, createWriteStream(blobFile(dir, digest), {flags: 'wx'}));
	if (`sha256:${hash.digest('hex')}` !== digest) {
		throw new StoreProblem(`the archive is refused: blob ${digest} has other content`);
	}
}

interface HeaderGuard {
	readonly stream: Transform;
	enterFile(): void;
	leaveFile(): void;
}

/** A tar can name an entry by a text of any length, which its reader would hold in memory: this stops such input. */
function headerGuard(): HeaderGuard {
	let isInFile = false;
	let between = 0;
	let isFirst = true;
	return {
		stream: new Transform({
			transform(chunk: Uint8Array, _, done) {
				if (isFirst && isCompressed(chunk)) {
					done(new StoreProblem('the archive is compressed; unpack it first: a cache is saved as a plain tar'));
					return;
				}

				isFirst = false;
				between = isInFile ? 0 : between + chunk.byteLength;
				done(
					between > maxHeaderBytes ? new StoreProblem('the archive is refused: an entry has no end of headers') : null,
					chunk,
				);
			},
		}),
		enterFile() {
			isInFile = true;
			between = 0;
		},
		leaveFile() {
			isInFile = false;
		},
	};
}

function isCompressed(chunk: Uint8Array): boolean {
	const [a, b] = chunk;
	return (a === 0x1f && b === 0x8b) || (a === 0x28 && b === 0xb5);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
