import type {CacheMap} from './cache-map.ts';
import {type Digest, sha256} from './digest.ts';
import {goJson, omitEmpty} from './go-json.ts';
import type {ImageVertex} from './vertex.ts';

/** Chain id of layers, lowest first (OCI image-spec config.md; identity.ChainID). */
export function chainId(diffIds: readonly Digest[]): Digest | undefined {
	return diffIds.reduce<Digest | undefined>(
		(chain, diffId) => (chain === undefined ? diffId : sha256(`${chain} ${diffId}`)),
		undefined,
	);
}

/** The cache map of an image: by what its reference points at, and by its layers (BuildKit source/containerimage/pull.go). */
export function imageCacheMap({image, platform}: ImageVertex): CacheMap {
	const manifestKey = sha256(
		goJson({
			Digest: image.digest,
			OS: platform.os,
			Arch: platform.architecture,
			Variant: omitEmpty(platform.variant),
			OSVersion: omitEmpty(platform.osVersion),
			OSFeatures: omitEmpty(platform.osFeatures),
		}),
	);
	const chain = chainId(image.diffIds);
	const keys = chain === undefined ? [manifestKey] : [manifestKey, chain];
	const preimages = keys.map(key => `buildkit.source.v0:${key}`);
	return {digests: preimages.map(text => sha256(text)), preimages, inputs: []};
}
