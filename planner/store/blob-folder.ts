import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {link, mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, isDigest} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';

/** The blobs a folder holds, with their sizes in bytes. Other files are none. */
export async function blobSizes(dir: string): Promise<ReadonlyMap<Digest, number>> {
	const names = await readdir(path.dirname(blobFile(dir, anyDigest))).catch(() => []);
	const sizes = new Map<Digest, number>();
	for (const name of names) {
		const digest = `sha256:${name}`;
		const size = isDigest(digest) ? await blobSize(dir, digest) : undefined;
		if (isDigest(digest) && size !== undefined) {
			sizes.set(digest, size);
		}
	}

	return sizes;
}

const anyDigest: Digest = `sha256:${'0'.repeat(64)}`;

/** The size of one blob; undefined when it is not there. */
export async function blobSize(dir: string, digest: Digest): Promise<number | undefined> {
	const info = await stat(blobFile(dir, digest)).catch(() => undefined);
	return info?.isFile() === true ? info.size : undefined;
}

/** The digest that a blob's bytes have. */
export async function hashBlob(dir: string, digest: Digest): Promise<Digest> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(blobFile(dir, digest), {highWaterMark: 1 << 20})) {
		hash.update(chunk);
	}

	return `sha256:${hash.digest('hex')}`;
}

/** Gives blobs a second name in another folder, which costs no space. False where the file system cannot do that. */
export async function linkBlobs(from: string, to: string, digests: Iterable<Digest>): Promise<boolean> {
	await mkdir(path.dirname(blobFile(to, anyDigest)), {recursive: true});
	for (const digest of digests) {
		try {
			await link(blobFile(from, digest), blobFile(to, digest));
		} catch (error) {
			const code = error instanceof Error && 'code' in error ? error.code : undefined;
			if (code !== 'ENOENT' && code !== 'EEXIST') {
				return false;
			}
		}
	}

	return true;
}

/** Moves blobs; each is there under its name whole or not at all, also when the process is killed. */
export async function moveBlobs(from: string, to: string, digests: Iterable<Digest>): Promise<void> {
	await mkdir(path.dirname(blobFile(to, anyDigest)), {recursive: true});
	for (const digest of digests) {
		await rename(blobFile(from, digest), blobFile(to, digest));
	}
}

/** Removes every blob that is not kept, and other files among the blobs. */
export async function removeOtherBlobs(dir: string, kept: ReadonlySet<Digest>): Promise<void> {
	const folder = path.dirname(blobFile(dir, anyDigest));
	for (const name of await readdir(folder).catch(() => [])) {
		if (!kept.has(`sha256:${name}`)) {
			await rm(path.join(folder, name), {recursive: true, force: true});
		}
	}
}
