import {type Digest, isDigest, type Platform} from '../../analyzer/index.ts';
import {
	asArray,
	asObject,
	asString,
	asStrings,
	type JsonObject,
	member,
	parseJson,
	stringMembers,
} from '../json-value.ts';

/** A content descriptor (OCI image-spec descriptor.md); `size` in bytes. */
export interface Descriptor {
	readonly mediaType: string;
	readonly digest: Digest;
	readonly size: number;
	readonly annotations: Readonly<Record<string, string>>;
	readonly platform?: Platform;
}

/** An image's manifest, or an index of manifests, OCI's or Docker's schema 2. */
export type Manifest =
	| {readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[]}
	| {readonly kind: 'index'; readonly manifests: readonly Descriptor[]};

export type ManifestResult = Manifest | {readonly kind: 'invalid'; readonly problem: string};

const imageTypes: readonly string[] = [
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
];
const indexTypes: readonly string[] = [
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Media type of BuildKit's cache config (BuildKit cache/remotecache/v1/types/spec.go). */
export const cacheConfigType = 'application/vnd.buildkit.cacheconfig.v0';

/** All four media types of a manifest. A registry that is not asked for all of them may convert, which changes the digest. */
export const manifestTypes: readonly string[] = [...imageTypes, ...indexTypes];

/** What the media type in a manifest's own text or, without one, its shape says it is (BuildKit util/imageutil/config.go). */
export function detectMediaType(bytes: Uint8Array): string | undefined {
	const json = asObject(parseJson(bytes));
	const kind = json === undefined ? undefined : shape(json);
	if (json === undefined || kind === undefined) {
		return undefined;
	}

	const [, docker] = kind === 'image' ? imageTypes : indexTypes;
	const own = asString(member(json, 'mediaType'));
	return own !== undefined && manifestTypes.includes(own) ? own : docker;
}

/** Parses the bytes of a manifest or an index. */
export function parseManifest(bytes: Uint8Array): ManifestResult {
	const json = asObject(parseJson(bytes));
	if (json === undefined) {
		return {kind: 'invalid', problem: 'it is not JSON'};
	}

	if (member(json, 'schemaVersion') === 1) {
		return {kind: 'invalid', problem: 'it is a schema 1 manifest, which BuildKit no longer reads'};
	}

	const kind = shape(json);
	if (kind === undefined) {
		return {kind: 'invalid', problem: 'it is neither a manifest nor an index'};
	}

	const own = asString(member(json, 'mediaType'));
	if (own !== undefined && (kind === 'image' ? indexTypes : imageTypes).includes(own)) {
		return {kind: 'invalid', problem: 'its media type does not match its contents'};
	}

	if (kind === 'index') {
		const manifests = descriptors(member(json, 'manifests'));
		return manifests === undefined
			? {kind: 'invalid', problem: 'a descriptor in it is malformed'}
			: {kind: 'index', manifests};
	}

	const config = descriptor(member(json, 'config'));
	const layers = descriptors(member(json, 'layers'));
	return config === undefined || layers === undefined
		? {kind: 'invalid', problem: 'a descriptor in it is malformed'}
		: {kind: 'image', config, layers};
}

/** A platform as manifests and image configs write it; undefined without `os` and `architecture`. */
export function parsePlatform(json: JsonObject): Platform | undefined {
	const os = asString(member(json, 'os'));
	const architecture = asString(member(json, 'architecture'));
	if (!os || !architecture) {
		return undefined;
	}

	const variant = asString(member(json, 'variant'));
	const osVersion = asString(member(json, 'os.version'));
	const osFeatures = asStrings(member(json, 'os.features'));
	return {
		os,
		architecture,
		...(variant ? {variant} : {}),
		...(osVersion ? {osVersion} : {}),
		...(osFeatures?.length ? {osFeatures} : {}),
	};
}

function shape(json: JsonObject): Manifest['kind'] | undefined {
	const isImage = 'config' in json || 'layers' in json;
	const isIndex = 'manifests' in json;
	if (isImage === isIndex) {
		return undefined;
	}

	return isImage ? 'image' : 'index';
}

function descriptors(value: unknown): readonly Descriptor[] | undefined {
	// Go writes an empty list as null.
	const items = (asArray(value ?? []) ?? [undefined]).map(descriptor);
	return items.every(item => item !== undefined) ? items : undefined;
}

function descriptor(value: unknown): Descriptor | undefined {
	const json = asObject(value);
	const digest = asString(member(json, 'digest'));
	const size = member(json, 'size');
	if (json === undefined || digest === undefined || !isDigest(digest) || typeof size !== 'number' || size < 0) {
		return undefined;
	}

	const platform = parsePlatform(asObject(member(json, 'platform')) ?? {});
	return {
		mediaType: asString(member(json, 'mediaType')) ?? '',
		digest,
		size,
		annotations: stringMembers(member(json, 'annotations')),
		...(platform === undefined ? {} : {platform}),
	};
}
