import {type Digest, isDigest, sha256} from '../../analyzer/index.ts';
import {parseCacheConfig} from '../caches/cache-config.ts';
import {layerList} from '../caches/layer-list.ts';
import {withOneEnd} from '../caches/one-end.ts';
import {cacheConfigType, type Descriptor, parseManifest} from '../images/manifest.ts';
import {asArray, asObject, asString, type JsonObject, member, parseJson} from '../json-value.ts';
import {type StoredRecord, storedRecords} from './stored-record.ts';

/** A cache of a folder, as far as it can be written again with other records. */
export interface StoredCache {
	readonly records: readonly StoredRecord[];
	/** Descriptors of layers, as their manifests have them. */
	readonly blobs: ReadonlyMap<Digest, JsonObject>;
	/** An image manifest, or an index of blobs as BuildKit before 0.21 writes it. */
	readonly form: 'image' | 'index';
	readonly mediaType: string;
}

/** A blob that is written: what it is named by, and its bytes. */
export interface NewBlob {
	readonly digest: Digest;
	readonly bytes: Uint8Array;
}

export interface WrittenCache {
	readonly manifest: NewBlob;
	readonly config: NewBlob;
}

/** BuildKit refuses a larger manifest or config of a cache (cache/remotecache/import.go readBlob). */
export const maxConfigBytes: number = 1 << 20;

/** The descriptor of the cache config in a manifest; of several the last, as in BuildKit. Nothing: it is no cache. */
export function configOf(manifestBytes: Uint8Array): Descriptor | undefined {
	const manifest = parseManifest(manifestBytes);
	if (manifest.kind === 'invalid') {
		return undefined;
	}

	const entries = manifest.kind === 'index' ? manifest.manifests : [manifest.config];
	return entries.filter(({mediaType}) => mediaType === cacheConfigType).at(-1);
}

/**
 * Reads a cache out of its manifest and config. `usedAt` is the time of records that have none of their own, in
 * milliseconds: all that the last export wrote. Nothing: it is no cache, or corrupt.
 */
export function parseStoredCache(
	manifestBytes: Uint8Array,
	configBytes: Uint8Array,
	usedAt: number,
): StoredCache | undefined {
	const manifest = parseManifest(manifestBytes);
	const config = configOf(manifestBytes);
	if (manifest.kind === 'invalid' || config === undefined) {
		return undefined;
	}

	const json = asObject(parseJson(manifestBytes)) ?? {};
	const form = manifest.kind;
	const descriptors = form === 'image' ? manifest.layers : manifest.manifests.filter(one => one !== config);
	const parsed = parseCacheConfig(
		new TextDecoder().decode(configBytes),
		new Map(descriptors.map(one => [one.digest, one])),
	);
	if (parsed.kind === 'corrupt') {
		return undefined;
	}

	const blobs = new Map<Digest, JsonObject>();
	for (const value of asArray(member(json, form === 'image' ? 'layers' : 'manifests')) ?? []) {
		const digest = asString(member(value, 'digest'));
		const descriptor = asObject(value);
		if (descriptor !== undefined && digest !== undefined && isDigest(digest) && digest !== config.digest) {
			blobs.set(digest, descriptor);
		}
	}

	const own = asArray(member(parseJson(configBytes), 'records')) ?? [];
	return {
		records: storedRecords(parsed.config, index => timeOf(own[index]) ?? usedAt),
		blobs,
		form,
		mediaType: asString(member(json, 'mediaType')) ?? '',
	};
}

// A member that BuildKit does not know and leaves alone.
const usedAtName = 'cachecastUsedAt';

function timeOf(record: unknown): number | undefined {
	const time = member(record, usedAtName);
	return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}

/** Writes a cache: the manifest lists just the layers that its records need. Times that equal `usedAt` are left out. */
export function formatStoredCache({records, blobs, form, mediaType}: StoredCache, usedAt: number): WrittenCache {
	const {layers, chain: place} = layerList<{readonly blob: Digest}>();
	const recordsJson = withOneEnd(
		records,
		(digest, inputs): StoredRecord => ({digest, inputs, results: [], usedAt}),
	).map(record => {
		const chains = record.results.filter(({chain}) => chain.length > 0);
		const empty = record.results.filter(({chain}) => chain.length === 0);
		return {
			...(chains.length > 0 && {
				layers: chains.map(one => ({
					layer: place(one.chain.map(digest => ({blob: digest}))).at(-1),
					...createdAt(one),
				})),
			}),
			...(empty.length > 0 && {chains: empty.map(one => ({layers: [], ...createdAt(one)}))}),
			digest: record.digest,
			...(record.inputs.length > 0 && {inputs: record.inputs}),
			...(record.usedAt !== usedAt && {[usedAtName]: record.usedAt}),
		};
	});
	const config = blob({layers, records: recordsJson});
	const listed = new Set(layers.map(layer => layer.blob));
	const layersJson = [...listed].flatMap(digest => blobs.get(digest) ?? []);
	const configJson = {mediaType: cacheConfigType, digest: config.digest, size: config.bytes.byteLength};
	const manifest = blob({
		schemaVersion: 2,
		...(mediaType !== '' && {mediaType}),
		...(form === 'image' ? {config: configJson, layers: layersJson} : {manifests: [...layersJson, configJson]}),
	});
	return {manifest, config};
}

/** A layer has the size that its descriptor says; `size` is that of the file, undefined where there is none. */
export function isWhole({blobs}: StoredCache, digest: Digest, size: number | undefined): boolean {
	return size !== undefined && member(blobs.get(digest), 'size') === size;
}

function createdAt(result: {readonly createdAt?: string}): {readonly createdAt?: string} {
	return result.createdAt === undefined ? {} : {createdAt: result.createdAt};
}

function blob(json: unknown): NewBlob {
	const bytes = new TextEncoder().encode(JSON.stringify(json));
	return {digest: sha256(bytes), bytes};
}
