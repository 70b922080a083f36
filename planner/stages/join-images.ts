import type {BuildTarget} from '../build-wish.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import {readRegistryCache, registryReference} from '../caches/registry.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryWriter} from '../images/registry-writer.ts';
import type {Planner} from '../planner.ts';
import type {BuiltPlaces} from './cache-places.ts';
import {joinedAnnotations, joinedImages} from './joined-images.ts';
import {writeCache} from './joint-manifest.ts';
import {mergeCaches} from './merge-caches.ts';
import {jointCache, type StagesSpec, stageImage} from './stage-refs.ts';

export type Joined =
	| {readonly kind: 'joined'; readonly ref: string}
	/** There is no image to join. */
	| {readonly kind: 'nothing'}
	| {readonly kind: 'failed'; readonly reason: string};

/** What is needed to write to registries after a build. */
export interface JoinInput {
	readonly planner: Planner;
	readonly targets: readonly BuildTarget[];
	readonly cacheTo: readonly CacheSpec[];
	readonly client: RegistryClient;
	readonly writer: RegistryWriter;
}

/** Joins the images of each `--cache-to type=stages`, where one of them was built or they are not joined yet. */
export async function joinStages({planner, targets, cacheTo, client, writer}: JoinInput): Promise<readonly Joined[]> {
	const {places, caches} = planner;
	const isBuilt = targets.some(({images}) => images.length > 0);
	const isJoined = (spec: StagesSpec): boolean => {
		const {ref} = jointCache(spec, places.platform);
		return caches
			.flat()
			.some(reading => reading.kind === 'found' && reading.spec.kind === 'registry' && reading.spec.ref === ref);
	};
	const specs = cacheTo.filter(spec => spec.kind === 'stages').filter(spec => isBuilt || !isJoined(spec));
	return Promise.all(specs.map(spec => joinImages(spec, places, client, writer)));
}

/**
 * Writes the one cache that the images of all stages make together: a list of their records and layers, a few kilobytes
 * under a tag of its own. A build is given this cache alone, so it fetches the layers it needs out of any of the images,
 * and its hits do not depend on which of several caches answers first. Without it builds use single images. It notes the
 * tags of the images, and of those that earlier builds wrote, so that images of stages that are gone can be removed.
 */
export async function joinImages(
	spec: StagesSpec,
	{stages, platform}: BuiltPlaces,
	client: RegistryClient,
	writer: RegistryWriter,
): Promise<Joined> {
	const images = stages.map(stage => stageImage(spec, stage, platform));
	const readings = await Promise.all(images.map(image => readRegistryCache(image, client)));
	const configs = readings.flatMap(reading => (reading.kind === 'found' ? [reading.config] : []));
	const joint = jointCache(spec, platform);
	const reference = registryReference(joint);
	if (configs.length === 0 || reference === undefined) {
		return {kind: 'nothing'};
	}

	const before = await client.resolve(reference);
	const known = before.kind === 'found' ? joinedImages(before.bytes) : {images: [], former: []};
	const annotations = joinedAnnotations(
		images.flatMap(one => registryReference(one)?.tag ?? []),
		known,
	);
	const {config, index, image} = writeCache(mergeCaches(configs), annotations);
	const stored = await writer.putBlob(reference, config.digest, config.bytes);
	if (stored.kind !== 'written') {
		return {kind: 'failed', reason: reasonOf(stored)};
	}

	for (const manifest of [index, image]) {
		const written = await writer.putManifest(reference, manifest.mediaType, manifest.bytes);
		if (written.kind === 'written') {
			return {kind: 'joined', ref: joint.ref};
		}

		if (manifest === image) {
			return {kind: 'failed', reason: reasonOf(written)};
		}
	}

	return {kind: 'failed', reason: 'the registry takes no cache'};
}

function reasonOf(absence: {readonly kind: 'missing'} | {readonly kind: 'failed'; readonly reason: string}): string {
	return absence.kind === 'failed' ? absence.reason : 'the registry has no such repository';
}
