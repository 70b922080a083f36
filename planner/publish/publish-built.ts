import {type Digest, formatReference, type ImageReference, isDigest} from '../../analyzer/index.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryWriter} from '../images/registry-writer.ts';
import {type Published, type PublishedTag, type PublishingPlan, tagImages} from './publish-known.ts';
import {contentId, type PublishedImage, type PublishedImageResult, readPublished} from './published-image.ts';
import {repositoriesOf} from './wanted-tags.ts';

/** The names that the engine pushes the image to: the key tags, so that no other tag moves before it is compared. */
export function pushedNames({tags, keyTag}: PublishingPlan): readonly string[] {
	return keyTag === undefined
		? tags.map(({text}) => text)
		: repositoriesOf(tags).map(repository => formatReference({...repository, tag: keyTag}));
}

/**
 * After the engine has pushed: gives each wanted tag the image unless it has the same one, whatever its attestations.
 * `imageDigest` is what the engine says it pushed, as another build may have moved the key tag since. Where there is no
 * key the engine has moved the tags itself, and only what they were before is compared.
 */
export async function publishBuilt(
	plan: PublishingPlan,
	imageDigest: string | undefined,
	client: RegistryClient,
	writer: RegistryWriter,
): Promise<Published> {
	if (plan.keyTag === undefined) {
		return {kind: 'published', tags: await comparedTags(plan, imageDigest, client)};
	}

	const made = new Map<string, PublishedImage>();
	for (const repository of repositoriesOf(plan.tags)) {
		const found = await readPushed(client, {...repository, tag: plan.keyTag}, imageDigest);
		if (found.kind === 'failed') {
			return found;
		}

		made.set(formatReference(repository), found.image);
	}

	return tagImages(plan, writer, made);
}

/** What an engine has just pushed to a place, by the digest that it told where the registry knows that. */
export async function readPushed(
	client: RegistryClient,
	place: ImageReference,
	imageDigest: string | undefined,
): Promise<Exclude<PublishedImageResult, {readonly kind: 'missing'}>> {
	const {tag: _, ...repository} = place;
	const exact =
		imageDigest !== undefined && isDigest(imageDigest)
			? await readPublished(client, {...repository, digest: imageDigest})
			: undefined;
	// Without the containerd image store an engine tells the image's id, which no registry knows.
	const found = exact?.kind === 'found' ? exact : await readPublished(client, place);
	if (found.kind === 'found') {
		return found;
	}

	const why = found.kind === 'failed' ? found.reason : 'the registry does not have it';
	return {kind: 'failed', reason: `the image was pushed as ${formatReference(place)}, but not tagged: ${why}`};
}

async function comparedTags(
	{tags, before}: PublishingPlan,
	imageDigest: string | undefined,
	client: RegistryClient,
): Promise<readonly PublishedTag[]> {
	const told: {readonly digest?: Digest} =
		imageDigest !== undefined && isDigest(imageDigest) ? {digest: imageDigest} : {};
	return Promise.all(
		tags.map(async ({text, reference}): Promise<PublishedTag> => {
			const old = before.get(formatReference(reference));
			const now = await readPublished(client, reference);
			return now.kind === 'found'
				? {
						tag: text,
						state: old !== undefined && contentId(old) === contentId(now.image) ? 'unchanged' : 'pushed',
						digest: now.image.digest,
					}
				: {tag: text, state: 'pushed', ...told};
		}),
	);
}
