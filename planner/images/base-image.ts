import {
	type BaseImageResult,
	type Digest,
	familiarReference,
	formatPlatform,
	type Platform,
	parseReference,
	withDefaultTag,
} from '../../analyzer/index.ts';
import {parseImageConfig} from './image-config.ts';
import {cacheConfigType, type Descriptor, type ManifestResult, manifestTypes, parseManifest} from './manifest.ts';
import {pickPlatform} from './platform-match.ts';
import type {RegistryReference} from './registry-address.ts';
import type {RegistryClient} from './registry-client.ts';

type Found =
	| {
			readonly kind: 'image';
			readonly config: Descriptor;
			readonly layers: readonly Descriptor[];
			/** The index did not say for which platform it is, so the config has to (containerd core/images/image.go). */
			readonly platformUntold: boolean;
	  }
	| {readonly kind: 'unresolved'; readonly reason: string};

/** An index may hold indexes; nobody nests them deeper than this. */
const maxIndexDepth = 4;

/**
 * Asks a registry what an image reference stands for on one platform. The digest is that of what the reference points
 * at, which is the index for a multi-platform image; config and layers are the platform's. A reference that names one
 * manifest gets that one whatever its platform. Source: BuildKit source/containerimage/pull.go, util/imageutil/config.go.
 */
export async function resolveBaseImage(
	client: RegistryClient,
	referenceText: string,
	platform: Platform,
): Promise<BaseImageResult> {
	const parsed = parseReference(referenceText);
	if (parsed.kind === 'invalid') {
		return unresolved(parsed.message);
	}

	const reference = withDefaultTag(parsed.reference);
	const name = familiarReference(reference);
	const resolution = await client.resolve(reference);
	if (resolution.kind === 'missing') {
		return unresolved(missing(reference, name));
	}

	if (resolution.kind === 'failed') {
		return unresolved(resolution.reason);
	}

	const found = await findManifest(client, reference, resolution.bytes, platform, {depth: 0, untold: false});
	if (found.kind === 'unresolved') {
		return found;
	}

	const blob = await client.blob(reference, found.config.digest);
	if (blob.kind !== 'found') {
		return unresolved(blob.kind === 'failed' ? blob.reason : missing(reference, `${name}'s config`));
	}

	const config = parseImageConfig(blob.bytes);
	if (config === undefined) {
		return unresolved(`the config of "${name}" is malformed; push the image again`);
	}

	const own = config.platform ?? platform;
	if (found.platformUntold && pickPlatform([{platform: own}], platform) === undefined) {
		return unresolved(noMatch(name, platform));
	}

	return {
		kind: 'resolved',
		image: {
			digest: resolution.digest,
			diffIds: config.diffIds,
			layers: found.layers.map(({digest, size}) => ({digest, size})),
			platform: own,
			config: config.config,
		},
	};
}

async function findManifest(
	client: RegistryClient,
	reference: RegistryReference,
	bytes: Uint8Array,
	platform: Platform,
	{depth, untold}: {readonly depth: number; readonly untold: boolean},
): Promise<Found> {
	const name = familiarReference(reference);
	const manifest = parseManifest(bytes);
	if (isCache(manifest)) {
		return unresolved(`"${name}" is a build cache, not an image; name the image, or use it with --cache-from`);
	}

	switch (manifest.kind) {
		case 'invalid':
			return unresolved(`the manifest of "${name}" cannot be used: ${manifest.problem}; push the image again`);
		case 'image':
			return {...manifest, platformUntold: untold};
		case 'index': {
			const chosen = pickPlatform(
				manifest.manifests.filter(({mediaType}) => manifestTypes.includes(mediaType)),
				platform,
			);
			if (chosen === undefined || depth >= maxIndexDepth) {
				return unresolved(noMatch(name, platform));
			}

			const content = await client.manifest(reference, chosen.digest);
			return content.kind === 'found'
				? findManifest(client, reference, content.bytes, platform, {
						depth: depth + 1,
						untold: chosen.platform === undefined,
					})
				: unresolved(content.kind === 'failed' ? content.reason : missing(reference, digestName(name, chosen.digest)));
		}
	}
}

function isCache(manifest: ManifestResult): boolean {
	switch (manifest.kind) {
		case 'invalid':
			return false;
		case 'image':
			return manifest.config.mediaType === cacheConfigType;
		case 'index':
			return manifest.manifests.some(({mediaType}) => mediaType === cacheConfigType);
	}
}

function digestName(name: string, digest: Digest): string {
	return `manifest ${digest} of ${name}`;
}

function missing({domain}: RegistryReference, what: string): string {
	return `registry "${domain}" does not have "${what}"; check the name and the tag`;
}

function noMatch(name: string, platform: Platform): string {
	return `"${name}" has no image for "${formatPlatform(platform)}"; choose another platform or another image`;
}

function unresolved(reason: string): {readonly kind: 'unresolved'; readonly reason: string} {
	return {kind: 'unresolved', reason};
}
