import type {Digest} from '../../analyzer/index.ts';
import {manifestTypes, parseManifest} from '../images/manifest.ts';
import type {BlobRead} from './read-blob.ts';

/** The blobs that a manifest leads to, itself too, with the size each should have; undefined where nothing says it. */
export type Reachable =
	| {readonly kind: 'blobs'; readonly blobs: ReadonlyMap<Digest, number | undefined>}
	/** A manifest on the way is not there, damaged or none. */
	| {readonly kind: 'broken'; readonly problem: string}
	/** It may be whole, but cannot be read now. */
	| {readonly kind: 'failed'; readonly reason: string};

/** Index in index: image-spec allows it, nobody nests deeper. */
const maxDepth = 8;

/** Follows manifests and indexes from an entry down to configs and layers, which are not read. */
export async function reachableBlobs(
	root: {readonly digest: Digest; readonly size?: number},
	read: (digest: Digest) => Promise<BlobRead>,
): Promise<Reachable> {
	const blobs = new Map<Digest, number | undefined>([[root.digest, root.size]]);
	let level: readonly Digest[] = [root.digest];
	for (let depth = 0; level.length > 0; depth++) {
		const next: Digest[] = [];
		for (const digest of level) {
			const content = await read(digest);
			if (content.kind !== 'found') {
				return content;
			}

			const manifest = parseManifest(content.bytes);
			if (manifest.kind === 'invalid' || depth > maxDepth) {
				const why = manifest.kind === 'invalid' ? `cannot be used: ${manifest.problem}` : 'is nested too deep';
				return {kind: 'broken', problem: `manifest ${digest} ${why}`};
			}

			for (const one of manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : manifest.manifests) {
				if (manifest.kind === 'index' && manifestTypes.includes(one.mediaType) && !blobs.has(one.digest)) {
					next.push(one.digest);
				}

				blobs.set(one.digest, one.size);
			}
		}

		level = next;
	}

	return {kind: 'blobs', blobs};
}
