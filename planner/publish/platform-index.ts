import {type Platform, sha256} from '../../analyzer/index.ts';
import {asArray, member, parseJson} from '../json-value.ts';
import type {PublishedImage} from './published-image.ts';

/** The image of one platform, as it is in the registry: a manifest, or an index of it and its attestations. */
export interface PlatformImage {
	readonly platform: Platform;
	readonly image: PublishedImage;
}

const indexType = 'application/vnd.oci.image.index.v1+json';
const dockerListType = 'application/vnd.docker.distribution.manifest.list.v2+json';

/**
 * One index of the images of several platforms. What is in their own indexes is taken over as it is, so that an
 * attestation still names its image (`vnd.docker.reference.digest`). Docker's media type where all is of Docker's, as
 * buildx does (buildx util/imagetools/create.go). Its bytes depend on what is in it alone.
 */
export function platformIndex(parts: readonly PlatformImage[]): PublishedImage {
	const descriptors = new Map(
		parts.flatMap(part => descriptorsOf(part)).map(one => [String(member(one, 'digest')), one] as const),
	);
	const manifests = [...descriptors.values()];
	const isDockers = manifests.every(one => String(member(one, 'mediaType')).startsWith('application/vnd.docker.'));
	const mediaType = isDockers ? dockerListType : indexType;
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, manifests}));
	return {digest: sha256(bytes), mediaType, bytes, images: parts.flatMap(({image}) => image.images)};
}

function descriptorsOf({platform, image}: PlatformImage): readonly unknown[] {
	const {os, architecture, variant} = platform;
	const own = {
		mediaType: image.mediaType,
		digest: image.digest,
		size: image.bytes.byteLength,
		platform: {architecture, os, ...(variant !== undefined && {variant})},
	};
	return asArray(member(parseJson(image.bytes), 'manifests')) ?? [own];
}
