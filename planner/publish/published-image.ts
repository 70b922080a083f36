import type {Digest, ImageReference} from '../../analyzer/index.ts';
import type {Absence} from '../images/absence.ts';
import {type Manifest, manifestTypes, parseManifest} from '../images/manifest.ts';
import type {RegistryClient} from '../images/registry-client.ts';

/** What a tag of a repository holds. */
export interface PublishedImage {
	readonly digest: Digest;
	readonly mediaType: string;
	readonly bytes: Uint8Array;
	/** The images in it, one per platform; attestations are none. */
	readonly images: readonly ImageContent[];
}

export interface ImageContent {
	/** Of the config, which names the platform and the uncompressed layers. */
	readonly config: Digest;
	readonly layers: readonly Digest[];
}

export type PublishedImageResult = {readonly kind: 'found'; readonly image: PublishedImage} | Absence;

/** Reads what a tag, or a digest, holds: the manifest's own bytes, and the config and layers of its images. */
export async function readPublished(client: RegistryClient, reference: ImageReference): Promise<PublishedImageResult> {
	const found = await client.resolve(reference);
	if (found.kind !== 'found') {
		return found;
	}

	const {digest, mediaType, bytes} = found;
	const images = await contentsOf(client, reference, parseManifest(bytes));
	return 'kind' in images ? images : {kind: 'found', image: {digest, mediaType, bytes, images}};
}

/** Equal where two manifests stand for the same images: attestations differ from build to build. */
export function contentId({images}: PublishedImage): string {
	return images
		.map(({config}) => config)
		.sort()
		.join('\n');
}

/** Annotation of BuildKit's attestation manifests (BuildKit docs/attestations/attestation-storage.md). */
const attestationMark = 'vnd.docker.reference.type';

async function contentsOf(
	client: RegistryClient,
	reference: ImageReference,
	manifest: ReturnType<typeof parseManifest>,
): Promise<readonly ImageContent[] | Absence> {
	switch (manifest.kind) {
		case 'invalid': {
			return {kind: 'failed', reason: `a manifest in the registry cannot be used: ${manifest.problem}`};
		}

		case 'image': {
			return [contentOf(manifest)];
		}

		case 'index': {
			const children = manifest.manifests.filter(
				({mediaType, annotations}) => manifestTypes.includes(mediaType) && annotations[attestationMark] === undefined,
			);
			const images: ImageContent[] = [];
			for (const {digest} of children) {
				const content = await client.manifest(reference, digest);
				const child = content.kind === 'found' ? parseManifest(content.bytes) : undefined;
				if (child?.kind !== 'image') {
					return {kind: 'failed', reason: `a manifest in the registry cannot be used: ${digest}`};
				}

				images.push(contentOf(child));
			}

			return images;
		}
	}
}

function contentOf({config, layers}: Extract<Manifest, {readonly kind: 'image'}>): ImageContent {
	return {config: config.digest, layers: layers.map(({digest}) => digest)};
}
