import type {Digest} from '../../analyzer/index.ts';
import type {CacheConfig} from '../caches/cache-config.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import {importCache} from '../caches/import-cache.ts';
import {registryReference} from '../caches/registry.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryKeeper} from '../images/registry-keeper.ts';
import {imagesUnder} from '../stages/stage-refs.ts';
import {reachableBlobs} from '../store/reachable.ts';
import type {BlobRead} from '../store/read-blob.ts';
import {configOf} from '../store/stored-cache.ts';
import {archiveTags, isOf, type RemoteKind, tagPart} from './cache-tags.ts';
import {inParallel} from './in-parallel.ts';

/** What of a registry is needed to look at caches there; without a keeper no registry is asked. */
export interface RemoteAccess {
	readonly client: RegistryClient;
	readonly keeper?: RegistryKeeper;
}

export type RemoteSpec = Extract<CacheSpec, {readonly kind: RemoteKind}>;

/** The place of a cache and its tags in a repository. */
export interface RemoteFamily {
	readonly kind: RemoteKind;
	readonly reference: RegistryReference;
	/** The tag of the default target's cache, as the cache was named. */
	readonly mainTag: string;
	/** In order; a cache that is named by digest has none. */
	readonly tags: readonly string[];
	/** Why there may be more tags than these, in one sentence. */
	readonly open?: string;
}

export type RemoteFamilyResult =
	| {readonly kind: 'family'; readonly family: RemoteFamily}
	| {readonly kind: 'failed'; readonly reason: string};

/** What one tag holds. */
export type RemoteCache =
	| {
			/** `other`: what holds no cache. */
			readonly kind: 'cache' | 'other';
			readonly tag: string;
			readonly manifest: {readonly digest: Digest; readonly mediaType: string; readonly bytes: Uint8Array};
			/** The manifest and all that it leads to, with the sizes that manifests say. */
			readonly blobs: ReadonlyMap<Digest, number | undefined>;
			/** The manifests among them. */
			readonly manifests: ReadonlyMap<Digest, Uint8Array>;
			/** Of a cache. */
			readonly config?: CacheConfig;
			/** Why it is no cache, in one sentence. */
			readonly reason?: string;
			/** A cache and nothing else, no image. */
			readonly isPure: boolean;
	  }
	| {readonly kind: 'missing'; readonly tag: string}
	/** It is damaged, or cannot be read now. */
	| {
			readonly kind: 'broken';
			readonly tag: string;
			readonly problem: string;
			/** Where its manifests can be read. */
			readonly manifests?: ReadonlyMap<Digest, Uint8Array>;
			readonly isPure?: boolean;
	  };

/** Where a cache is by its name alone; nothing where that is none. */
export function remotePlace(spec: RemoteSpec): Pick<RemoteFamily, 'reference' | 'mainTag'> | undefined {
	const reference = registryReference(spec.kind === 'stages' ? imagesUnder(spec) : spec);
	return reference === undefined ? undefined : {reference, mainTag: reference.tag ?? archiveTags[spec.kind]};
}

/**
 * Finds the tags of a cache without a Dockerfile, in the registry's list of tags: the tag as it is named and all that
 * begin with it and a hyphen, so that every leaf, stage and platform is among them. Where the registry has no list, only
 * the tag that is known beforehand is looked at.
 */
export async function remoteFamily(spec: RemoteSpec, {keeper}: RemoteAccess): Promise<RemoteFamilyResult> {
	const place = remotePlace(spec);
	if (place === undefined) {
		return {kind: 'failed', reason: `"${spec.ref}" is no reference`};
	}

	const {kind} = spec;
	const {reference, mainTag} = place;
	if (reference.digest !== undefined) {
		return {kind: 'family', family: {kind, reference, mainTag, tags: [reference.digest]}};
	}

	const list =
		(await keeper?.tags(reference)) ?? ({kind: 'failed', reason: 'no registry is asked (--offline)'} as const);
	const family = {kind, reference, mainTag};
	return {
		kind: 'family',
		family:
			list.kind === 'failed'
				? {...family, tags: [kind === 'stages' ? `${mainTag}-ALL` : mainTag], open: list.reason}
				: {...family, tags: list.tags.filter(tag => isOf(mainTag, tag)).sort()},
	};
}

/** Reads what the tags of a family hold; of tags that only begin alike, what is no cache is left out. */
export async function readFamily(family: RemoteFamily, {client}: RemoteAccess): Promise<readonly RemoteCache[]> {
	const all = await inParallel(family.tags, tag => readTag(family.reference, tag, client));
	return all.filter(one => one.kind !== 'missing' && isMember(one, family));
}

function isMember(one: RemoteCache, {kind, mainTag, reference}: RemoteFamily): boolean {
	if (reference.digest !== undefined || one.kind === 'missing') {
		return true;
	}

	return kind === 'stages'
		? one.kind !== 'other' || tagPart(mainTag, one.tag).isJoint
		: one.isPure !== false || one.tag === mainTag;
}

/** Reads a tag, or a digest, with all manifests and its cache config; layers are not read. */
export async function readTag(reference: RegistryReference, tag: string, client: RegistryClient): Promise<RemoteCache> {
	const {tag: _, digest: __, ...repository} = reference;
	const found = await client.resolve(tag.includes(':') ? {...repository, digest: tag as Digest} : {...repository, tag});
	if (found.kind !== 'found') {
		return found.kind === 'missing' ? {kind: 'missing', tag} : {kind: 'broken', tag, problem: found.reason};
	}

	const {digest, mediaType, bytes} = found;
	const manifests = new Map([[digest, bytes]]);
	const read = async (wanted: Digest): Promise<BlobRead> => {
		const known = manifests.get(wanted);
		// By `resolve`, as a manifest that was kept here may be gone there.
		const answer = known === undefined ? await client.resolve({...repository, digest: wanted}) : undefined;
		if (answer?.kind === 'found') {
			manifests.set(wanted, answer.bytes);
		}

		return answer === undefined || answer.kind === 'found'
			? {kind: 'found', bytes: answer?.bytes ?? known ?? new Uint8Array()}
			: {kind: 'broken', problem: answer.kind === 'failed' ? answer.reason : `manifest ${wanted} is not there`};
	};
	const reachable = await reachableBlobs({digest, size: bytes.byteLength}, read);
	if (reachable.kind !== 'blobs') {
		return {kind: 'broken', tag, problem: reachable.kind === 'broken' ? reachable.problem : reachable.reason};
	}

	const isPure = configOf(bytes) !== undefined;
	const imported = await importCache(bytes, {
		manifest: wanted => client.manifest(repository, wanted),
		blob: wanted => client.blob(repository, wanted),
	});
	if (imported.kind === 'failed' && imported.isNone !== true) {
		return {kind: 'broken', tag, problem: imported.reason, manifests, isPure};
	}

	return {
		tag,
		manifest: {digest, mediaType, bytes},
		blobs: reachable.blobs,
		manifests,
		isPure,
		...(imported.kind === 'imported'
			? {kind: 'cache', config: imported.config}
			: {kind: 'other', reason: imported.reason}),
	};
}
