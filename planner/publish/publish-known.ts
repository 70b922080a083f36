import {type Digest, formatReference, type ImageReference, parseReference, sha256} from '../../analyzer/index.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryWriter} from '../images/registry-writer.ts';
import type {PlannedResult} from '../plan.ts';
import {contentId, type PublishedImage, readPublished} from './published-image.ts';
import {isIn, repositoriesOf, type WantedTag} from './wanted-tags.ts';

/** What became of a tag. `retagged`: its repository had the image, so only the manifest was put under it. */
export type TagState = 'pushed' | 'unchanged' | 'retagged';

export interface PublishedTag {
	/** As the user wrote it. */
	readonly tag: string;
	readonly state: TagState;
	/** Of what the tag points at; absent where the registry did not say. */
	readonly digest?: Digest;
}

/** What an image has to be built for, and what the registry had before. */
export interface PublishingPlan {
	readonly tags: readonly WantedTag[];
	/** `cachecast-…`: where every repository keeps the image of this result. Absent: the engine pushes the tags itself. */
	readonly keyTag?: string;
	/** The contents that each tag had, key tags too, by full name. */
	readonly before: ReadonlyMap<string, PublishedImage>;
}

export type Publishing =
	/** The registry has the image: nothing has to be built for it, the tags that miss it have to be set. */
	| {readonly kind: 'known'; readonly plan: PublishingPlan}
	/** It must be built: why the image is not there yet, in one clause. */
	| {readonly kind: 'build'; readonly plan: PublishingPlan; readonly reason: string};

export interface PublishOptions {
	readonly client: RegistryClient;
	/** What decides on a manifest beside the image itself: options of attestations, an inline cache. */
	readonly surroundings: readonly string[];
	/** The repository keeps the image under a tag that tells its key. */
	readonly keepsKey: boolean;
	/** The image may be taken as it is in the registry: nothing that the user asked for needs a build. */
	readonly mayReuse: boolean;
	/** Its blobs are looked up too, though a registry keeps what its manifests name. */
	readonly verifyBlobs: boolean;
}

/**
 * Looks whether the registry has an image from an earlier push, so that it need not be built: under a tag that says what
 * it was made of, `cachecast-` and 32 hex digits of the result's key. It is taken only where every step hits and its
 * layers are those that the caches hold, so that it is what a build would make.
 */
export async function lookUpResult(
	tags: readonly WantedTag[],
	result: PlannedResult,
	options: PublishOptions,
): Promise<Publishing> {
	const {client} = options;
	const key = await resultKey(result, options);
	const keyTag = key.kind === 'known' ? `cachecast-${key.digest.slice('sha256:'.length).slice(0, 32)}` : undefined;
	const repositories = repositoriesOf(tags);
	const places = [
		...tags.map(({reference}) => reference),
		...(keyTag === undefined ? [] : repositories.map(repository => ({...repository, tag: keyTag}))),
	];
	const read = await Promise.all(places.map(place => readPublished(client, place)));
	const before = new Map<string, PublishedImage>();
	for (const [at, found] of read.entries()) {
		const place = places[at];
		if (place !== undefined && found.kind === 'found') {
			before.set(formatReference(place), found.image);
		}
	}

	const failed = read.find(one => one.kind === 'failed');
	if (key.kind === 'open' || keyTag === undefined || failed?.kind === 'failed') {
		const reason = key.kind === 'open' ? key.reason : failed?.kind === 'failed' ? failed.reason : '';
		return {kind: 'build', plan: {tags, before}, reason};
	}

	const plan = {tags, keyTag, before};
	if (!options.mayReuse || result.layers === undefined) {
		return {kind: 'build', plan, reason: 'not every step hits'};
	}

	for (const repository of repositories) {
		const image = before.get(formatReference({...repository, tag: keyTag}));
		const reason = await whyNot(image, result.layers, repository, options);
		if (reason !== undefined) {
			return {kind: 'build', plan, reason};
		}
	}

	return {kind: 'known', plan};
}

type Key = {readonly kind: 'known'; readonly digest: Digest} | {readonly kind: 'open'; readonly reason: string};

// The tag of a frontend may move, so what it points at now counts.
async function resultKey(result: PlannedResult, {client, surroundings, keepsKey}: PublishOptions): Promise<Key> {
	if (!keepsKey) {
		return {kind: 'open', reason: 'no tag is kept for its key'};
	}

	const definition = result.definition();
	if (definition.kind === 'open') {
		return definition;
	}

	let frontend = '';
	if (definition.frontend !== undefined) {
		const parsed = parseReference(definition.frontend);
		const found = parsed.kind === 'invalid' ? undefined : await client.resolve(parsed.reference);
		if (found?.kind !== 'found') {
			return {kind: 'open', reason: `the frontend ${definition.frontend} cannot be looked up`};
		}

		frontend = found.digest;
	}

	return {kind: 'known', digest: sha256(JSON.stringify([definition.digest, frontend, surroundings]))};
}

async function whyNot(
	image: PublishedImage | undefined,
	layers: readonly Digest[],
	repository: ImageReference,
	{client, verifyBlobs}: PublishOptions,
): Promise<string | undefined> {
	const [content, ...others] = image?.images ?? [];
	if (content === undefined || others.length > 0) {
		return 'this result was not pushed before';
	}

	if (content.layers.length !== layers.length || content.layers.some((layer, at) => layer !== layers[at])) {
		return 'the caches hold other layers than the image that was pushed';
	}

	const blobs = verifyBlobs ? [content.config, ...content.layers] : [];
	const found = await Promise.all(blobs.map(blob => client.headBlob(repository, blob)));
	return found.every(({kind}) => kind === 'found') ? undefined : 'the registry lost a blob of it';
}

export type Published =
	| {readonly kind: 'published'; readonly tags: readonly PublishedTag[]}
	/** Why the tags are not what they should be, in one sentence. */
	| {readonly kind: 'failed'; readonly reason: string};

/**
 * Puts the image that the key tag has under every wanted tag that has another one; see {@link tagImages}.
 */
export async function tagAll(plan: PublishingPlan, writer: RegistryWriter): Promise<Published> {
	const {tags, keyTag, before} = plan;
	const known = repositoriesOf(tags).flatMap(repository => {
		const image = before.get(formatReference({...repository, ...(keyTag !== undefined && {tag: keyTag})}));
		return image === undefined ? [] : [[formatReference(repository), image] as const];
	});
	return tagImages(plan, writer, new Map(known));
}

/**
 * Puts the bytes of an image's manifest, or of the index with its attestations, under every wanted tag that has another image; its
 * parts are in the repository. `made` holds the image by the name of the repository: a tag then is `pushed`
 * unless its repository had the same image before.
 */
export async function tagImages(
	{tags, before}: Pick<PublishingPlan, 'tags' | 'before'>,
	writer: RegistryWriter,
	made: ReadonlyMap<string, PublishedImage>,
): Promise<Published> {
	const states: PublishedTag[] = [];
	for (const repository of repositoriesOf(tags)) {
		const image = made.get(formatReference(repository));
		if (image === undefined) {
			return {kind: 'failed', reason: 'the registry does not have what was just pushed'};
		}

		const id = contentId(image);
		const own = [...before].filter(([name]) => name.startsWith(`${formatReference(repository)}:`));
		const configs = new Set(own.flatMap(([, {images}]) => images.map(({config}) => config)));
		const wasThere = image.images.every(({config}) => configs.has(config));
		for (const {text, reference} of tags.filter(tag => isIn(tag, repository))) {
			const old = before.get(formatReference(reference));
			if (old !== undefined && contentId(old) === id) {
				states.push({tag: text, state: 'unchanged', digest: old.digest});
				continue;
			}

			const written = await writer.putManifest(reference, image.mediaType, image.bytes);
			if (written.kind !== 'written') {
				const why = written.kind === 'failed' ? written.reason : 'its repository does not hold all of the image';
				return {kind: 'failed', reason: `${text} could not be tagged: ${why}`};
			}

			states.push({tag: text, state: wasThere ? 'retagged' : 'pushed', digest: image.digest});
		}
	}

	return {kind: 'published', tags: tags.flatMap(({text}) => states.filter(({tag}) => tag === text).slice(0, 1))};
}
