import {readFile, stat} from 'node:fs/promises';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';
import {asString, member} from '../json-value.ts';

/** A manifest or config read out of a folder. */
export type BlobRead =
	| {readonly kind: 'found'; readonly bytes: Uint8Array}
	/** It is not there or damaged. */
	| {readonly kind: 'broken'; readonly problem: string}
	/** It may be whole, but cannot be read now. */
	| {readonly kind: 'failed'; readonly reason: string};

/** Larger blobs are layers. */
const maxBytes = 16 << 20;

/** Reads a small blob from the first of the folders that has it, and checks its digest. */
export async function readBlob(dirs: readonly string[], digest: Digest): Promise<BlobRead> {
	for (const dir of dirs) {
		const file = blobFile(dir, digest);
		try {
			const {size} = await stat(file);
			if (size > maxBytes) {
				return {kind: 'broken', problem: `blob ${digest} is too large for a manifest or config`};
			}

			const bytes = await readFile(file);
			return sha256(bytes) === digest ? {kind: 'found', bytes} : {kind: 'broken', problem: `blob ${digest} is damaged`};
		} catch (error) {
			const code = asString(member(error, 'code')) ?? String(error);
			if (code !== 'ENOENT' && code !== 'ENOTDIR') {
				return {kind: 'failed', reason: `blob ${digest} cannot be read (${code}); check its permissions`};
			}
		}
	}

	return {kind: 'broken', problem: `blob ${digest} is not there`};
}
