import {
	type BuildOptions,
	type Digest,
	type Frontend,
	formatPlatform,
	type KeyInput,
	type StageGraph,
	type StageInstruction,
	sha256,
	type Vertex,
} from '../../analyzer/index.ts';
import {inputsFirst} from '../match-records.ts';
import type {PlannedImage, ResultDefinition} from '../plan.ts';
import type {VertexKeys} from '../vertex-keys.ts';

/** What the image of a target is made of. */
export interface ResultInput {
	readonly graph: StageGraph;
	readonly options: BuildOptions;
	/** What the target ends with; `undefined` is scratch. */
	readonly output: Vertex | undefined;
	readonly keys: VertexKeys;
	readonly images: readonly PlannedImage[];
	readonly frontend: Frontend;
}

/** Changes when the same image would get another digest. */
const version = 'cachecast result 1';

/**
 * A digest over all that decides on the image of a target: the definition of every step it is made of, down to
 * the base images and the content of what is read from contexts; and for the image's config the text of every
 * instruction from the first stage it stands on, the build arguments that reach them, the platforms and the frontend.
 * It may change where the image would not; it does not stay where the image would change, but for what a RUN
 * fetches or makes up, which is why the layers are compared too. Open where any part of it is.
 */
export function resultDefinition(input: ResultInput): ResultDefinition {
	const {graph, options, frontend, images} = input;
	if (frontend.kind === 'unknown') {
		return open(`what the frontend ${frontend.image} makes of the file is not known`);
	}

	const unresolved = images.find(({result}) => result.kind !== 'resolved');
	if (unresolved !== undefined) {
		return open(`image ${unresolved.reference} is not known`);
	}

	const files =
		input.output === undefined ? {kind: 'known' as const, digest: ''} : filesDigest(input.output, input.keys);
	if (files.kind === 'open') {
		return files;
	}

	const definition = {
		version,
		files: files.digest,
		target: options.target ?? '',
		platforms: [graph.targetPlatform, options.buildPlatform].map(platform => formatPlatform(platform)),
		images: images.map(({reference, platform, result}) => [
			reference,
			formatPlatform(platform),
			result.kind === 'resolved' ? result.image.digest : '',
		]),
		escape: graph.dockerfile.escape,
		frontend: frontend.kind === 'builtin' ? '' : frontend.image,
		globalArgs: graph.dockerfile.globalArgs.map(({text}) => text),
		buildArgs: reachingArgs(graph, options.buildArgs),
		stages: chainTo(graph).map(stage => ({
			from: stage.source.from.text,
			platform: stage.platform === undefined ? '' : formatPlatform(stage.platform),
			replaced: stage.replaced,
			instructions: [...stage.triggers, ...stage.source.instructions].map(words),
		})),
	};
	return {
		kind: 'known',
		digest: sha256(JSON.stringify(definition)),
		...(frontend.kind === 'dockerfile' && {frontend: frontend.image}),
	};
}

function open(reason: string): Extract<ResultDefinition, {readonly kind: 'open'}> {
	return {kind: 'open', reason};
}

type FilesDigest =
	| {readonly kind: 'known'; readonly digest: string}
	| Extract<ResultDefinition, {readonly kind: 'open'}>;

// Each vertex after its inputs, so that a digest covers all below it.
function filesDigest(output: Vertex, keys: VertexKeys): FilesDigest {
	const digests = new Map<Vertex, Digest>();
	for (const vertex of inputsFirst(output, keys, new Set())) {
		const map = keys.cacheMap(vertex);
		if (map.kind === 'unknown') {
			return open(map.cause);
		}

		// The files of a context count where something is selected of them.
		if (map.kind === 'keyless') {
			digests.set(vertex, sha256(vertex.kind));
			continue;
		}

		const parts: (readonly string[])[] = [];
		for (const input of map.map.inputs) {
			const part = inputPart(input, keys, digests);
			if (part === undefined) {
				return open(keys.openReason(input) ?? 'a step is made of files that have no key before the build');
			}

			parts.push(part);
		}

		digests.set(vertex, sha256(JSON.stringify([vertex.kind, map.map.digests, parts])));
	}

	return {kind: 'known', digest: digests.get(output) ?? ''};
}

function inputPart(
	input: KeyInput,
	keys: VertexKeys,
	digests: ReadonlyMap<Vertex, Digest>,
): readonly string[] | undefined {
	const {vertex, selector = ''} = input;
	if (vertex.kind !== 'context') {
		return [selector, digests.get(vertex) ?? ''];
	}

	const content = input.content === undefined ? undefined : keys.content(input);
	return content?.kind === 'digest' ? [selector, vertex.name ?? '', content.digest] : undefined;
}

// The target and the stages it stands on, whose instructions made its config.
function chainTo({stages, target}: StageGraph): readonly StageGraph['stages'][number][] {
	const chain: StageGraph['stages'][number][] = [];
	for (let stage = stages[target]; stage !== undefined; ) {
		chain.unshift(stage);
		stage = stage.base.kind === 'stage' ? stages[stage.base.index] : undefined;
	}

	return chain;
}

function words({text, heredocs}: StageInstruction): readonly string[] {
	return [text, ...heredocs.map(({content}) => content)];
}

// What the frontend looks at without a declaration.
const special = /^(?:BUILD|TARGET|SOURCE_DATE_EPOCH$)/;

// An argument that nothing declares reaches nothing, and it may be a proxy with a password.
function reachingArgs(
	{stages, dockerfile}: StageGraph,
	buildArgs: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
	const declared = new Set(
		[
			...dockerfile.globalArgs,
			...stages.flatMap(({triggers, source}) => [...triggers, ...source.instructions]),
		].flatMap(instruction => (instruction.kind === 'arg' ? instruction.args.map(({name}) => name) : [])),
	);
	return [...buildArgs]
		.filter(([name]) => declared.has(name) || special.test(name))
		.sort(([a], [b]) => (a < b ? -1 : 1));
}
