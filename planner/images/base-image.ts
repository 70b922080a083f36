import path from 'node:path';
import {
	type BaseImageResult,
	type Digest,
	familiarReference,
	formatPlatform,
	type Platform,
	parseReference,
	withDefaultTag,
} from '../../analyzer/index.ts';
import type {Absence} from './absence.ts';
import {parseImageConfig} from './image-config.ts';
import {parseLayoutReference} from './layout-reference.ts';
import {cacheConfigType, type Descriptor, type ManifestResult, manifestTypes, parseManifest} from './manifest.ts';
import {readLayoutBlob, selectFromLayout} from './oci-layout.ts';
import {pickPlatform} from './platform-match.ts';
import type {Content, RegistryClient} from './registry-client.ts';

type Found =
	| {
			readonly kind: 'image';
			readonly config: Descriptor;
			readonly layers: readonly Descriptor[];
			/** The index did not say for which platform it is, so the config has to (containerd core/images/image.go). */
			readonly platformUntold: boolean;
	  }
	| Unresolved;

type Unresolved = Extract<BaseImageResult, {readonly kind: 'unresolved'}>;

type Resolved = Extract<BaseImageResult, {readonly kind: 'resolved'}>;

/** Where the image was read. */
type Lookup<Origin> = (Resolved & {readonly origin: Origin}) | Unresolved;

/** An index may hold indexes; nobody nests them deeper than this. */
const maxIndexDepth = 4;

/** Where an image's manifest and config come from. */
interface ImageSource {
	/** The image as messages call it. */
	readonly name: string;
	manifest(digest: Digest): Promise<Content>;
	blob(digest: Digest): Promise<Content>;
	/** Why a part of it is not there, in one sentence. */
	missing(what: string): string;
}

/**
 * Asks a registry what an image reference stands for on one platform. The digest is that of what the reference points
 * at, which is the index for a multi-platform image; config and layers are the platform's. A reference that names one
 * manifest gets that one whatever its platform. Source: BuildKit source/containerimage/pull.go, util/imageutil/config.go.
 */
export async function resolveBaseImage(
	client: RegistryClient,
	referenceText: string,
	platform: Platform,
): Promise<Lookup<'registry' | 'disk'>> {
	const parsed = parseReference(referenceText);
	if (parsed.kind === 'invalid') {
		return unresolved(parsed.message);
	}

	const reference = withDefaultTag(parsed.reference);
	const source: ImageSource = {
		name: familiarReference(reference),
		manifest: digest => client.manifest(reference, digest),
		blob: digest => client.blob(reference, digest),
		missing: what => `registry "${reference.domain}" does not have "${what}"; check the name and the tag`,
	};
	const resolution = await client.resolve(reference);
	return resolution.kind === 'found'
		? from(resolution.source, await readImage(source, resolution.digest, resolution.bytes, platform))
		: absent(source, source.name, resolution);
}

/**
 * The same for an image of an OCI layout, `oci-layout://DIR[:TAG][@DIGEST]` with DIR relative to `cwd`. A tag that is
 * not there stands for the only image, where there is one only (buildx build/opt.go resolveDigest).
 */
export async function resolveLayoutImage(text: string, cwd: string, platform: Platform): Promise<Lookup<'layout'>> {
	const {dir, tag, digest} = parseLayoutReference(text);
	const folder = path.resolve(cwd, dir);
	const selection = digest === undefined ? await selectFromLayout(folder, tag) : ({kind: 'digest', digest} as const);
	if (selection.kind === 'failed') {
		return unresolved(`"${text}" cannot be used: ${selection.reason}`);
	}

	const selected = selection.kind === 'digest' ? selection.digest : selection.only;
	if (selected === undefined) {
		return unresolved(`the OCI layout "${dir}" has no image "${tag}"; check the folder and the tag`);
	}

	const source: ImageSource = {
		name: text,
		manifest: one => readLayoutBlob(folder, one),
		blob: one => readLayoutBlob(folder, one),
		missing: what => `the OCI layout "${dir}" does not have "${what}"; write it again`,
	};
	const manifest = await source.manifest(selected);
	return manifest.kind === 'found'
		? from('layout', await readImage(source, selected, manifest.bytes, platform))
		: absent(source, selected, manifest);
}

function from<Origin>(origin: Origin, result: BaseImageResult): Lookup<Origin> {
	return result.kind === 'resolved' ? {...result, origin} : result;
}

async function readImage(
	source: ImageSource,
	digest: Digest,
	bytes: Uint8Array,
	platform: Platform,
): Promise<BaseImageResult> {
	const found = await findManifest(source, bytes, platform, {depth: 0, untold: false});
	if (found.kind === 'unresolved') {
		return found;
	}

	const blob = await source.blob(found.config.digest);
	if (blob.kind !== 'found') {
		return absent(source, `${source.name}'s config`, blob);
	}

	const config = parseImageConfig(blob.bytes);
	if (config === undefined) {
		return unresolved(`the config of "${source.name}" is malformed; push the image again`);
	}

	const own = config.platform ?? platform;
	if (found.platformUntold && pickPlatform([{platform: own}], platform) === undefined) {
		return unresolved(noMatch(source.name, platform));
	}

	return {
		kind: 'resolved',
		image: {
			digest,
			diffIds: config.diffIds,
			layers: found.layers.map(({digest: layer, size}) => ({digest: layer, size})),
			platform: own,
			config: config.config,
		},
	};
}

async function findManifest(
	source: ImageSource,
	bytes: Uint8Array,
	platform: Platform,
	{depth, untold}: {readonly depth: number; readonly untold: boolean},
): Promise<Found> {
	const {name} = source;
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

			const content = await source.manifest(chosen.digest);
			return content.kind === 'found'
				? findManifest(source, content.bytes, platform, {depth: depth + 1, untold: chosen.platform === undefined})
				: absent(source, `manifest ${chosen.digest} of ${name}`, content);
		}
	}
}

function absent(source: ImageSource, what: string, absence: Absence): Unresolved {
	return unresolved(absence.kind === 'failed' ? absence.reason : source.missing(what));
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

function noMatch(name: string, platform: Platform): string {
	return `"${name}" has no image for "${formatPlatform(platform)}"; choose another platform or another image`;
}

function unresolved(reason: string): Unresolved {
	return {kind: 'unresolved', reason};
}
