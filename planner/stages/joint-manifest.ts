import {type Digest, sha256} from '../../analyzer/index.ts';
import {type CacheConfig, type CacheLayer, type CacheRecord, layerAnnotations} from '../caches/cache-config.ts';
import {withOneEnd} from '../caches/one-end.ts';
import {cacheConfigType} from '../images/manifest.ts';

/** Content that is named by its digest. */
export interface Blob {
	readonly digest: Digest;
	readonly mediaType: string;
	readonly bytes: Uint8Array;
}

/** A cache as it is written to a registry; its layers are there already. */
export interface WrittenCache {
	readonly config: Blob;
	/** An index of the config and the layers, which every BuildKit reads; some registries take no index of blobs. */
	readonly index: Blob;
	/** The same as an image manifest, which BuildKit reads from 0.12 on. */
	readonly image: Blob;
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Writes a cache as BuildKit does (cache/remotecache/export.go, cache/remotecache/v1/types/spec.go). Layers whose size
 * is not known cannot be described, and records lose the results that need them. Annotations are those of the manifest.
 */
export function writeCache(
	{records: untied, layers}: CacheConfig,
	annotations: Readonly<Record<string, string>>,
): WrittenCache {
	const records = withOneEnd(untied, (digest, inputs): CacheRecord => ({digest, inputs, results: []}));
	const isDescribed = ({size}: CacheLayer): boolean => size !== undefined;
	const config = blob(cacheConfigType, {
		layers: layers.map(layer => ({blob: layer.blob, parent: layer.parent})),
		records: records.map(({digest, inputs, results}) => ({
			digest,
			...(inputs.length > 0 && {
				inputs: inputs.map(links =>
					links.map(({link, selector}) => ({...(selector !== undefined && {selector}), link})),
				),
			}),
			layers: results
				.filter(({chain}) => chain.length > 0 && chain.every(at => layers[at] !== undefined && isDescribed(layers[at])))
				.map(({chain, createdAt}) => ({layer: chain.at(-1), createdAt: createdAt ?? '0001-01-01T00:00:00Z'})),
		})),
	});
	const descriptors = [...new Map(layers.filter(isDescribed).map(layer => [layer.blob, layer])).values()].map(
		layer => ({
			mediaType: layer.mediaType ?? layerType,
			digest: layer.blob,
			size: layer.size,
			...annotationsOf(layer),
		}),
	);
	const own = {mediaType: config.mediaType, digest: config.digest, size: config.bytes.byteLength};
	const imageType = 'application/vnd.oci.image.manifest.v1+json';
	const indexType = 'application/vnd.oci.image.index.v1+json';
	return {
		config,
		index: blob(indexType, {schemaVersion: 2, mediaType: indexType, manifests: [...descriptors, own], annotations}),
		image: blob(imageType, {schemaVersion: 2, mediaType: imageType, config: own, layers: descriptors, annotations}),
	};
}

// Without its time a layer would be as old as the build that fetches it, and the image another one each time.
function annotationsOf({diffId, createdAt}: CacheLayer): {readonly annotations?: Readonly<Record<string, string>>} {
	const annotations = {
		...(diffId !== undefined && {[layerAnnotations.uncompressed]: diffId}),
		// BuildKit fails on one that it cannot parse.
		...(createdAt !== undefined && rfc3339.test(createdAt) && {[layerAnnotations.createdAt]: createdAt}),
	};
	return Object.keys(annotations).length > 0 ? {annotations} : {};
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function blob(mediaType: string, json: object): Blob {
	const bytes = Buffer.from(JSON.stringify(json));
	return {digest: sha256(bytes), mediaType, bytes};
}
