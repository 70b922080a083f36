import {
	type BaseImageResult,
	type ContentDigest,
	contentRecordDigest,
	type Dialect,
	defaultExecOptions,
	imageKey,
	lowerStages,
	openContext,
	parseDockerfile,
	recordDigest,
	requiredImages,
	resolveStages,
	type Step,
} from '../../analyzer/index.ts';
import type {CacheConfig} from '../../planner/caches/cache-config.ts';
import {mainContents} from '../../planner/context-contents.ts';
import {resolveBaseImage} from '../../planner/images/base-image.ts';
import type {RegistryClient} from '../../planner/images/registry-client.ts';
import {layerFiles} from '../../planner/layers/layer-files.ts';
import {layerSource} from '../../planner/layers/layer-source.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {keyInputs, staticKeys, type VertexKeys} from '../../planner/vertex-keys.ts';

/** What a step of the target takes from another stage or image. */
export interface Taken {
	/** As the Dockerfile has the step. */
	readonly text: string;
	/** Undefined where only the build can tell; `reason` then says why, if it is not that a stage has to run. */
	readonly content: ContentDigest | undefined;
	readonly reason: string | undefined;
	/** The cache has the step's record, with this content. */
	isIn(cache: CacheConfig): boolean;
}

export interface TakenOptions {
	readonly dialect: Dialect;
	readonly client: RegistryClient;
	/** Folder of the context. */
	readonly context: string;
	readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Computes the content of all that a Dockerfile's target takes from other stages and images, without building. */
export async function takenContents(dockerfile: string, options: TakenOptions): Promise<readonly Taken[]> {
	const {client, dialect, context} = options;
	const parsed = parseDockerfile({path: 'Dockerfile', text: dockerfile});
	if (parsed.kind === 'failed') {
		throw new Error(parsed.diagnostic.message);
	}

	const buildArgs = new Map(Object.entries(options.buildArgs ?? {}));
	const buildPlatform = {os: 'linux', architecture: 'amd64'};
	const resolved = resolveStages(parsed.dockerfile, {buildArgs, buildPlatform}, dialect);
	if (resolved.kind === 'failed') {
		throw new Error(resolved.diagnostics.map(one => one.message).join('; '));
	}

	const {graph} = resolved;
	const images = new Map<string, BaseImageResult>();
	for (const {reference, platform} of requiredImages(graph)) {
		images.set(imageKey(reference, platform), await resolveBaseImage(client, reference, platform));
	}

	const lowered = lowerStages({graph, images, buildArgs, execOptions: defaultExecOptions, dialect});
	if (lowered.kind === 'failed') {
		throw new Error(lowered.diagnostics.map(one => one.message).join('; '));
	}

	const steps = lowered.stages.find(({stage}) => stage === graph.target)?.steps ?? [];
	const contents = mainContents(openContext(context, undefined), false);
	const layers = layerFiles(layerSource({client, cwd: context, cacheDirs: []}), true);
	const take = () => {
		const keys = staticKeys(
			() => contents,
			dialect,
			vertex => layers.image(vertex),
		);
		return steps.flatMap(step => takenBy(step, keys));
	};
	let taken = take();
	while (await layers.fill()) {
		taken = take();
	}

	return taken;
}

function takenBy(step: Step, keys: VertexKeys): readonly Taken[] {
	const {vertex, instruction} = step;
	const map = vertex === undefined ? undefined : keys.cacheMap(vertex);
	if (vertex === undefined || map?.kind !== 'known') {
		return [];
	}

	const {digests} = map.map;
	return keyInputs(vertex, keys).flatMap((input, at): readonly Taken[] => {
		if (input.content === undefined || input.vertex.kind === 'context') {
			return [];
		}

		const content = keys.content(input);
		const isIn = (cache: CacheConfig): boolean => {
			const index = indexRecords(cache);
			const links = digests
				.flatMap(digest => index.byDigest(recordDigest(digest)))
				.flatMap(position => index.record(position)?.inputs[at] ?? []);
			return (
				content?.kind === 'digest' &&
				links.some(({link}) => index.record(link)?.digest === contentRecordDigest(content.digest))
			);
		};
		return [{text: instruction.text, content, reason: keys.openReason(input), isIn}];
	});
}
