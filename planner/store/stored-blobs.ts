import {mkdir, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {blobFile} from '../images/oci-layout.ts';
import type {LayoutEntry} from './layout-index.ts';
import {readBlob} from './read-blob.ts';
import {configOf, parseStoredCache, type StoredCache, type WrittenCache} from './stored-cache.ts';

/** The cache of an entry; nothing where it is no cache or cannot be read. */
export async function readStored(
	{digest}: LayoutEntry,
	dirs: readonly string[],
	usedAt: number,
): Promise<StoredCache | undefined> {
	const manifest = await readBlob(dirs, digest);
	const config = manifest.kind === 'found' ? configOf(manifest.bytes) : undefined;
	const content = config === undefined ? undefined : await readBlob(dirs, config.digest);
	return manifest.kind === 'found' && content?.kind === 'found'
		? parseStoredCache(manifest.bytes, content.bytes, usedAt)
		: undefined;
}

/** Writes what a cache is made of beside its layers. */
export async function writeBlobs(dir: string, {manifest, config}: WrittenCache): Promise<void> {
	for (const {digest, bytes} of [config, manifest]) {
		const file = blobFile(dir, digest);
		await mkdir(path.dirname(file), {recursive: true});
		// Not in place: the file may be the cache's own, under a second name.
		await writeFile(`${file}.new`, bytes);
		await rename(`${file}.new`, file);
	}
}
