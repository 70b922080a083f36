import {type BaseImageConfig, type Digest, isDigest, type Platform} from '../../analyzer/index.ts';
import {asArray, asObject, asString, asStrings, member, parseJson} from '../json-value.ts';
import {parsePlatform} from './manifest.ts';

/** What an image's config says that matters to a build (OCI image-spec config.md). */
export interface ImageConfig {
	readonly diffIds: readonly Digest[];
	readonly platform?: Platform;
	readonly config: BaseImageConfig;
	/** Records of an inline cache, still base64 (BuildKit cache/remotecache/import.go). */
	readonly inlineCache?: string;
	/** Creation time of each history entry that made a layer, lowest first; undefined where it is not told. */
	readonly layerTimes: readonly (string | undefined)[];
	/** When the image was made; RFC 3339. */
	readonly created?: string;
}

const inlineCacheKey = 'moby.buildkit.cache.v0';

/** Parses an image config; undefined when it is none. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig | undefined {
	const json = asObject(parseJson(bytes));
	const diffIds = asStrings(member(member(json, 'rootfs'), 'diff_ids') ?? []);
	if (json === undefined || diffIds === undefined || !diffIds.every(isDigest)) {
		return undefined;
	}

	const config = member(json, 'config');
	const shell = asStrings(member(config, 'Shell'));
	const platform = parsePlatform(json);
	const created = asString(member(json, 'created'));
	const inlineCache = asString(member(json, inlineCacheKey));
	return {
		diffIds,
		...(platform === undefined ? {} : {platform}),
		config: {
			env: asStrings(member(config, 'Env')) ?? [],
			workingDir: asString(member(config, 'WorkingDir')) ?? '',
			user: asString(member(config, 'User')) ?? '',
			...(shell?.length ? {shell} : {}),
			onBuild: asStrings(member(config, 'OnBuild')) ?? [],
		},
		...(inlineCache ? {inlineCache} : {}),
		layerTimes: (asArray(member(json, 'history')) ?? [])
			.filter(entry => member(entry, 'empty_layer') !== true)
			.map(entry => asString(member(entry, 'created'))),
		...(created ? {created} : {}),
	};
}
