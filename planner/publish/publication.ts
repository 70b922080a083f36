import {formatReference, type ImageReference} from '../../analyzer/index.ts';
import type {BuildTarget} from '../build-wish.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryWriter} from '../images/registry-writer.ts';
import {placeTag} from '../stages/place-tag.ts';
import {type PlatformImage, platformIndex} from './platform-index.ts';
import {publishBuilt, pushedNames, readPushed} from './publish-built.ts';
import {
	lookUpResult,
	type Published,
	type Publishing,
	type PublishOptions,
	tagAll,
	tagImages,
} from './publish-known.ts';
import type {PublishedImage} from './published-image.ts';
import {isIn, repositoriesOf, type WantedTag} from './wanted-tags.ts';

/** What is to become of the image that the user asked for, one part for each platform. */
export interface Publication {
	readonly tags: readonly WantedTag[];
	readonly parts: readonly PublicationPart[];
	/** Why something has to be built for it, in one clause; absent where the registry has all of it. */
	readonly reason?: string;
}

export interface PublicationPart {
	readonly target: BuildTarget;
	readonly publishing: Publishing;
}

/** Looks what of the image the registry has; `optionsOf` a target of one platform. See {@link lookUpResult}. */
export async function lookUpPublication(
	tags: readonly WantedTag[],
	targets: readonly BuildTarget[],
	optionsOf: (target: BuildTarget) => PublishOptions,
): Promise<Publication> {
	const parts = await Promise.all(
		targets.map(async target => ({
			target,
			publishing: await lookUpResult(tags, target.plan.result, optionsOf(target)),
		})),
	);
	const open = parts.find(({publishing}) => publishing.kind === 'build')?.publishing;
	return {tags, parts, ...(open?.kind === 'build' && {reason: open.reason})};
}

/** The same where what the registry has is of no use, for a reason in one clause. */
export function buildAnew({tags, parts}: Publication, reason: string): Publication {
	const anew = parts.map(({target, publishing: {plan}}) => ({
		target,
		publishing: {kind: 'build', plan, reason} as const,
	}));
	return {tags, parts: anew, reason};
}

/** Whether the registry has the image of a target. */
export function isKnown({parts}: Publication, target: BuildTarget): boolean {
	return parts.some(part => part.target === target && part.publishing.kind === 'known');
}

/**
 * The names that the engine pushes the image of a target to. Of several platforms no single one may move a tag: each is
 * pushed to its key tag or, where it has none, to the tag with the platform behind it ({@link placeTag}), once for each
 * repository.
 */
export function namesToPush({tags, parts}: Publication, target: BuildTarget): readonly string[] {
	const part = parts.find(one => one.target === target);
	if (part === undefined) {
		return [];
	}

	return parts.length === 1
		? pushedNames(part.publishing.plan)
		: repositoriesOf(tags).map(repository => formatReference(placeOf(part, repository, tags)));
}

/** Gives an image that the registry has its tags. */
export function tagKnown(publication: Publication, writer: RegistryWriter): Promise<Published> {
	const [first, ...others] = publication.parts;
	return first !== undefined && others.length === 0
		? tagAll(first.publishing.plan, writer)
		: tagIndex(publication, writer, async (part, repository) => knownImage(part, repository));
}

/**
 * Gives what the engine has pushed its tags; `images` are the digests it told. The images of several platforms become
 * one index, which is put under the tags last: so a tag is wholly the old image or the new one at each moment.
 */
export function tagPushed(
	publication: Publication,
	images: ReadonlyMap<BuildTarget, string>,
	client: RegistryClient,
	writer: RegistryWriter,
): Promise<Published> {
	const [first, ...others] = publication.parts;
	if (first !== undefined && others.length === 0) {
		return publishBuilt(first.publishing.plan, images.get(first.target), client, writer);
	}

	return tagIndex(publication, writer, async (part, repository) => {
		if (part.publishing.kind === 'known') {
			return knownImage(part, repository);
		}

		const place = placeOf(part, repository, publication.tags);
		const pushed = await readPushed(client, place, images.get(part.target));
		return pushed.kind === 'found' ? pushed.image : pushed;
	});
}

type Failed = Extract<Published, {readonly kind: 'failed'}>;

async function tagIndex(
	{tags, parts}: Publication,
	writer: RegistryWriter,
	imageOf: (part: PublicationPart, repository: ImageReference) => Promise<PublishedImage | Failed>,
): Promise<Published> {
	const made = new Map<string, PublishedImage>();
	for (const repository of repositoriesOf(tags)) {
		const images: PlatformImage[] = [];
		for (const part of parts) {
			const image = await imageOf(part, repository);
			if ('kind' in image) {
				return image;
			}

			images.push({platform: part.target.plan.platform, image});
		}

		made.set(formatReference(repository), platformIndex(images));
	}

	const before = new Map(parts.flatMap(({publishing}) => [...publishing.plan.before]));
	return tagImages({tags, before}, writer, made);
}

function knownImage({publishing: {plan}}: PublicationPart, repository: ImageReference): PublishedImage | Failed {
	const {keyTag: tag, before} = plan;
	const image = tag === undefined ? undefined : before.get(formatReference({...repository, tag}));
	return image ?? {kind: 'failed', reason: 'the registry does not have what was found in it before'};
}

function placeOf(
	{target, publishing}: PublicationPart,
	repository: ImageReference,
	tags: readonly WantedTag[],
): ImageReference {
	const own = tags.find(tag => isIn(tag, repository))?.reference.tag ?? 'latest';
	return {...repository, tag: publishing.plan.keyTag ?? placeTag(own, undefined, target.plan.platform)};
}
