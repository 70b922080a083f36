import type {Digest} from '../../analyzer/index.ts';
import {type ImageConfig, parseImageConfig} from '../images/image-config.ts';
import {type Manifest, manifestTypes, parseManifest} from '../images/manifest.ts';
import {asString, parseJson} from '../json-value.ts';
import {type BlobDescription, type CacheConfig, layerAnnotations, parseCacheConfig} from './cache-config.ts';
import {absentPart, type CacheImport, type ContentSource, type FailedImport, refused} from './content-source.ts';

type ImageManifest = Extract<Manifest, {kind: 'image'}>;

/** What was found in one image; `none`: it has no inline cache. */
type InlineCache = CacheImport | {readonly kind: 'none'};

type Images = {readonly kind: 'images'; readonly images: readonly ImageManifest[]} | FailedImport;

const maxIndexDepth = 4;

/**
 * Reads the inline caches of an image, or of every image of an index, into one config: records carry no layer table, the
 * image's own layers are it, each on top of the one before. Source: BuildKit cache/remotecache/import.go
 * importInlineCache.
 */
export async function importInlineCache(manifest: Manifest, source: ContentSource): Promise<CacheImport> {
	const found = await imagesOf(manifest, source, 0);
	if (found.kind === 'failed') {
		return found;
	}

	const caches = await Promise.all(found.images.map(image => readInlineCache(image, source)));
	const configs: CacheConfig[] = [];
	for (const cache of caches) {
		if (cache.kind === 'failed') {
			return cache;
		}

		if (cache.kind === 'imported') {
			configs.push(cache.config);
		}
	}

	return configs.length === 0
		? {...refused('it is an image without a cache; build it with --cache-to type=inline'), isNone: true}
		: {kind: 'imported', config: concatenate(configs), images: found.images.map(({config}) => config.digest)};
}

async function imagesOf(manifest: Manifest, source: ContentSource, depth: number): Promise<Images> {
	if (manifest.kind === 'image') {
		return {kind: 'images', images: [manifest]};
	}

	const entries = manifest.manifests.filter(
		({mediaType, annotations}) =>
			manifestTypes.includes(mediaType) && asString(annotations['vnd.docker.reference.type']) === undefined,
	);
	const parts = await Promise.all(
		(depth < maxIndexDepth ? entries : []).map(async ({digest}): Promise<Images> => {
			const content = await source.manifest(digest);
			if (content.kind !== 'found') {
				return absentPart(`its manifest ${digest}`, content);
			}

			const child = parseManifest(content.bytes);
			return child.kind === 'invalid'
				? refused(`its manifest ${digest} cannot be used: ${child.problem}; push the image again`)
				: imagesOf(child, source, depth + 1);
		}),
	);
	const images: ImageManifest[] = [];
	for (const part of parts) {
		if (part.kind === 'failed') {
			return part;
		}

		images.push(...part.images);
	}

	return {kind: 'images', images};
}

async function readInlineCache({config, layers}: ImageManifest, source: ContentSource): Promise<InlineCache> {
	if (layers.length === 0) {
		return {kind: 'none'};
	}

	const content = await source.blob(config.digest);
	if (content.kind !== 'found') {
		return absentPart("the image's config", content);
	}

	const image = parseImageConfig(content.bytes);
	if (image === undefined) {
		return refused('the config of the image is malformed; push the image again');
	}

	// BuildKit skips an image whose config does not fit its manifest.
	if (image.inlineCache === undefined || image.diffIds.length !== layers.length) {
		return {kind: 'none'};
	}

	const blobs = new Map<Digest, BlobDescription>(
		layers.map(({digest, size, mediaType, annotations}, index) => [
			digest,
			{size, mediaType, annotations: {...annotations, ...annotationsOf(image, index)}},
		]),
	);
	const parsed = parseCacheConfig(
		{
			layers: layers.map(({digest}, index) => ({blob: digest, parent: index - 1})),
			records: parseJson(Buffer.from(image.inlineCache, 'base64')) ?? 'not JSON',
		},
		blobs,
	);
	return parsed.kind === 'parsed'
		? {kind: 'imported', config: parsed.config}
		: refused(`its inline cache is corrupt (${parsed.message}); build and push the image again`);
}

function annotationsOf({diffIds, layerTimes}: ImageConfig, layer: number): Readonly<Record<string, string>> {
	const time = layerTimes[layer];
	return {
		[layerAnnotations.uncompressed]: diffIds[layer] ?? '',
		...(time !== undefined && {[layerAnnotations.createdAt]: time}),
	};
}

function concatenate(configs: readonly CacheConfig[]): CacheConfig {
	let joined: CacheConfig = {records: [], layers: []};
	for (const {records, layers} of configs) {
		const firstRecord = joined.records.length;
		const firstLayer = joined.layers.length;
		joined = {
			records: [
				...joined.records,
				...records.map(record => ({
					...record,
					inputs: record.inputs.map(links => links.map(link => ({...link, link: link.link + firstRecord}))),
					results: record.results.map(result => ({
						...result,
						chain: result.chain.map(index => index + firstLayer),
					})),
				})),
			],
			layers: [
				...joined.layers,
				...layers.map(layer => ({...layer, parent: layer.parent === -1 ? -1 : layer.parent + firstLayer})),
			],
		};
	}

	return joined;
}
