import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {
	type BaseImage,
	type Digest,
	formatReference,
	type ImageVertex,
	parseReference,
	withDefaultTag,
} from '../../analyzer/index.ts';
import {resolveBaseImage} from '../images/base-image.ts';
import {isLayoutReference, parseLayoutReference} from '../images/layout-reference.ts';
import type {RegistryClient} from '../images/registry-client.ts';

/** Where the layers of images come from. */
export interface LayerSource {
	layersOf(vertex: ImageVertex): Promise<ImageLayers | Failed>;
}

export interface ImageLayers {
	readonly kind: 'found';
	/** Lowest first. */
	readonly layers: readonly ImageLayer[];
}

export interface ImageLayer {
	/** Digest of the uncompressed tar. */
	readonly diffId: Digest;
	/** Compressed bytes. */
	readonly size: number;
	/** It lies on the disk. */
	readonly isLocal: boolean;
	open(): Promise<{readonly kind: 'opened'; readonly chunks: AsyncIterable<Uint8Array>} | Failed>;
}

interface Failed {
	readonly kind: 'failed';
	readonly reason: string;
}

export interface LayerSourceOptions {
	readonly client: RegistryClient;
	readonly cwd: string;
	/** Local caches, which may hold an image's layers: absolute folders. */
	readonly cacheDirs: readonly string[];
}

/** Layers from local caches, the image's own layout, or its registry; an image of the engine's from its name's registry. */
export function layerSource({client, cwd, cacheDirs}: LayerSourceOptions): LayerSource {
	return {
		async layersOf({reference, image, platform}) {
			const isLayout = isLayoutReference(reference);
			const described =
				image.layers !== undefined || isLayout ? image : await fromRegistry(client, reference, image, platform);
			const blobs = described?.layers ?? [];
			if (described === undefined || blobs.length !== image.diffIds.length) {
				return failed(unknown(reference));
			}

			const dirs = isLayout ? [path.resolve(cwd, parseLayoutReference(reference).dir), ...cacheDirs] : cacheDirs;
			const layers = await Promise.all(
				image.diffIds.map(async (diffId, index): Promise<ImageLayer> => {
					const {digest, size} = blobs[index] ?? {digest: diffId, size: 0};
					const file = await firstFile(dirs, digest);
					return {
						diffId,
						size,
						isLocal: file !== undefined,
						open: async () =>
							file === undefined
								? openRemote(client, reference, digest, isLayout)
								: {kind: 'opened', chunks: createReadStream(file)},
					};
				}),
			);
			return {kind: 'found', layers};
		},
	};
}

// An image that the engine has: its registry tells its layers, if the image ever was there.
async function fromRegistry(
	client: RegistryClient,
	reference: string,
	image: BaseImage,
	platform: ImageVertex['platform'],
): Promise<BaseImage | undefined> {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid') {
		return undefined;
	}

	const pinned = formatReference({...parsed.reference, digest: image.digest});
	const result = await resolveBaseImage(client, pinned, platform);
	return result.kind === 'resolved' && result.image.diffIds.join() === image.diffIds.join() ? result.image : undefined;
}

async function firstFile(dirs: readonly string[], digest: Digest): Promise<string | undefined> {
	for (const dir of dirs) {
		const file = path.join(dir, 'blobs', 'sha256', digest.slice('sha256:'.length));
		const info = await stat(file).catch(() => undefined);
		if (info?.isFile() === true) {
			return file;
		}
	}

	return undefined;
}

async function openRemote(
	client: RegistryClient,
	reference: string,
	digest: Digest,
	isBarred: boolean,
): Promise<{readonly kind: 'opened'; readonly chunks: AsyncIterable<Uint8Array>} | Failed> {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid' || isBarred) {
		return failed('they are not on this machine');
	}

	const stream = await client.blobStream(withDefaultTag(parsed.reference), digest);
	return stream.kind === 'found'
		? {kind: 'opened', chunks: stream.chunks}
		: failed(stream.kind === 'failed' ? stream.reason : 'the registry does not have them');
}

function unknown(reference: string): string {
	return `the layers of ${reference} are not known`;
}

function failed(reason: string): Failed {
	return {kind: 'failed', reason};
}
