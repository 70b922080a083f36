import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {BaseImage} from '../graph/base-image.ts';
import type {Origin} from '../graph/origin.ts';
import type {Platform} from '../graph/platform.ts';
import {formatReference, parseReference, withDefaultTag} from '../graph/reference.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import type {Dialect} from './dialect.ts';
import {type ImageTable, imageKey} from './images.ts';
import {internTable} from './intern.ts';
import {lowerCopy} from './lower-copy.ts';
import {lowerInstruction} from './lower-instruction.ts';
import {lowerRun, type MountSource} from './lower-run.ts';
import type {ExecOptions, LoweringContext} from './lowering.ts';
import {type Dispatched, type StageState, scratchConfig, startOnImage, startOnStage} from './stage-state.ts';
import type {LoweredStage, LoweredStages, Step, StepNumber} from './step.ts';
import type {UnknownVertex, Vertex} from './vertex.ts';

type ImageOrigin = Extract<Origin, {readonly kind: 'image'}>;

/** What lowering needs beside the graph. */
export interface LoweringInput {
	readonly graph: StageGraph;
	readonly images: ImageTable;
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly execOptions: ExecOptions;
	readonly dialect: Dialect;
}

/**
 * Turns the needed stages into vertices, instruction by instruction, as BuildKit's Dockerfile frontend does
 * (dockerfile2llb/convert.go dispatchStages). Static: what a base image holds arrives in `images`; on an image that
 * is not known every vertex is unknown.
 */
export function lowerStages(input: LoweringInput): LoweredStages {
	const {graph, dialect, buildArgs} = input;
	const diagnostics: Diagnostic[] = [];
	const intern = internTable();
	const epoch = dialect.datesWorkdir ? epochOf(input) : undefined;
	const context: LoweringContext = {
		dockerfile: graph.dockerfile,
		globalArgs: graph.globalArgs,
		buildArgs,
		execOptions: input.execOptions,
		...(epoch !== undefined && {epoch}),
		context: intern({kind: 'context'}),
		intern,
		report: diagnostic => diagnostics.push(diagnostic),
	};
	const states = new Map<number, StageState>();
	const stages: LoweredStage[] = [];
	for (const stage of graph.stages.filter(one => one.needed)) {
		const lowered = lowerStage(stage, input, context, states);
		states.set(stage.index, lowered.state);
		stages.push({stage: stage.index, steps: lowered.steps, output: lowered.state.vertex});
	}

	return diagnostics.length > 0 ? {kind: 'failed', diagnostics} : {kind: 'lowered', stages};
}

// SOURCE_DATE_EPOCH as a build argument, or a global ARG with a value; seconds become nanoseconds.
function epochOf({buildArgs, graph}: LoweringInput): bigint | undefined {
	const text = buildArgs.get('SOURCE_DATE_EPOCH') ?? graph.globalArgs.get('SOURCE_DATE_EPOCH');
	return text !== undefined && /^\d+$/.test(text) ? BigInt(text) * 1_000_000_000n : undefined;
}

function lowerStage(
	stage: Stage,
	input: LoweringInput,
	context: LoweringContext,
	states: ReadonlyMap<number, StageState>,
): {readonly state: StageState; readonly steps: readonly Step[]} {
	const {graph} = input;
	const from = stage.source.from;
	const start = startOf(stage, input, context, states);
	if (stage.replaced) {
		return {state: start, steps: []};
	}

	let state = start;
	const numbering = stepNumbers(stage, graph);
	// A numbered FROM is a pull: scratch, another stage, a named context and an image without layers make no such vertex.
	const isPull = stage.base.kind === 'image' && stage.base.context === undefined && state.vertex !== undefined;
	const steps: Step[] = [
		{
			id: `${stage.index}:0`,
			stage: stage.index,
			instruction: from,
			trigger: false,
			...(isPull && state.vertex !== undefined && {vertex: state.vertex, number: numbering()}),
		},
	];
	const instructions = [
		...stage.triggers.map(instruction => ({instruction, trigger: true})),
		...stage.source.instructions.map(instruction => ({instruction, trigger: false})),
	];
	for (const [position, {instruction, trigger}] of instructions.entries()) {
		const {state: next, vertex} = dispatch(instruction, stage, state, input, context, states);
		state = next;
		steps.push({
			id: `${stage.index}:${position + 1}`,
			stage: stage.index,
			instruction,
			trigger,
			...(vertex !== undefined && {vertex, number: numbering()}),
		});
	}

	return {state, steps};
}

function startOf(
	stage: Stage,
	input: LoweringInput,
	context: LoweringContext,
	states: ReadonlyMap<number, StageState>,
): StageState {
	const platform = stage.platform ?? input.graph.targetPlatform;
	switch (stage.base.kind) {
		case 'scratch': {
			return startOnImage(undefined, scratchConfig, input.graph.targetPlatform);
		}

		case 'stage': {
			const parent = states.get(stage.base.index);
			if (parent === undefined) {
				throw new Error(`internal: stage ${stage.base.index} is used before it is lowered`);
			}

			return startOnStage(parent);
		}

		case 'image': {
			const state = startOnBase(stage.base, platform, input, context);
			// What stands in for a stage has the platform of its own config (dockerfile2llb resolveBaseImage).
			const own = stage.replaced && state.vertex?.kind === 'image' ? state.vertex.image.platform : undefined;
			return own === undefined ? state : {...state, platform: own};
		}

		case 'folder': {
			return startOnImage(folderVertex(stage.base.context, context), scratchConfig, platform);
		}

		case 'remote': {
			return startOnUnknown(remoteCause(stage.base), platform, context);
		}
	}
}

function folderVertex(name: string, {intern}: LoweringContext): Vertex {
	return intern({kind: 'context', name});
}

function remoteCause({location, context}: {readonly location: string; readonly context: string}): string {
	return `what the context "${context}" holds is known only when ${location} is fetched`;
}

function startOnUnknown(cause: string, platform: Platform, context: LoweringContext): StageState {
	const vertex = context.intern<UnknownVertex>({kind: 'unknown', cause, inputs: []});
	return {...startOnImage(vertex, scratchConfig, platform), unresolved: cause};
}

function startOnBase(
	origin: ImageOrigin,
	platform: Platform,
	input: LoweringInput,
	context: LoweringContext,
): StageState {
	const {reference} = origin;
	const result = input.images.get(imageKey(reference, platform));
	if (result?.kind !== 'resolved') {
		const reason = result?.reason ?? 'it was not looked up';
		return startOnUnknown(`base image ${reference} is not known: ${reason}`, platform, context);
	}

	const {image} = result;
	const vertex =
		image.diffIds.length === 0
			? undefined
			: context.intern<Vertex>({kind: 'image', reference, identifier: identifierOf(origin, image), image, platform});
	return startOnImage(vertex, image.config, platform);
}

// FROM pins what it resolved, a named context does not; an image of a layout has the context's name (dockerui/namedcontext.go).
function identifierOf({reference, context}: ImageOrigin, {digest}: BaseImage): string {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid') {
		return `${context}@${digest}`;
	}

	const full = withDefaultTag(parsed.reference);
	return formatReference(context === undefined ? {...full, digest} : full);
}

function stepNumbers(stage: Stage, graph: StageGraph): () => StepNumber {
	const counted = stage.source.instructions.filter(one => ['run', 'copy', 'add', 'workdir'].includes(one.kind)).length;
	// FROM counts unless it names a stage or scratch, also where a context stands in for its image and it gets no number.
	const isScratch = stage.base.kind === 'scratch' && stage.base.context === undefined;
	const total = counted + stage.triggers.length + (stage.base.kind === 'stage' || isScratch ? 0 : 1);
	const label = graph.single ? '' : (stage.name ?? `stage-${stage.index}`);
	let index = 0;
	return () => ({stage: label, index: ++index, total});
}

function dispatch(
	instruction: StageInstruction,
	stage: Stage,
	state: StageState,
	input: LoweringInput,
	context: LoweringContext,
	states: ReadonlyMap<number, StageState>,
): Dispatched {
	const origins = stage.origins.get(instruction);
	const sources = (origins ?? []).map(origin => ({origin, vertex: originVertex(origin, input, context, states)}));
	if (state.unresolved === undefined) {
		return lowerKnown(instruction, state, sources, context);
	}

	// A variable may come from the base that is not known: then nothing can be said of the words.
	const isOpen = usesVariables(instruction);
	const lowered = lowerKnown(instruction, state, sources, isOpen ? {...context, report: () => {}} : context);
	if (!['run', 'copy', 'add', 'workdir'].includes(instruction.kind)) {
		return lowered;
	}

	// What is read from a context counts all the same: a file that is missing there fails the build on any base.
	const read = instruction.kind === 'copy' && instruction.from !== undefined ? sources[0]?.vertex : context.context;
	const isCopy = instruction.kind === 'copy' || instruction.kind === 'add';
	const copied = isCopy && !isOpen && read?.kind === 'context' ? lowered.vertex : undefined;
	const inputs = [state.vertex, ...sources.map(source => source.vertex), copied].filter(one => one !== undefined);
	const vertex = context.intern<UnknownVertex>({kind: 'unknown', cause: state.unresolved, inputs});
	return {state: {...state, vertex}, vertex};
}

function usesVariables({text, heredocs}: StageInstruction): boolean {
	return text.includes('$') || heredocs.some(({content}) => content.includes('$'));
}

function lowerKnown(
	instruction: StageInstruction,
	state: StageState,
	sources: readonly MountSource[],
	context: LoweringContext,
): Dispatched {
	switch (instruction.kind) {
		case 'run': {
			return lowerRun(instruction, state, sources, context);
		}

		case 'copy': {
			return lowerCopy(
				instruction,
				state,
				instruction.from === undefined ? context.context : sources[0]?.vertex,
				context,
			);
		}

		case 'add': {
			return lowerCopy(instruction, state, context.context, context);
		}

		default: {
			return lowerInstruction(instruction, state, context);
		}
	}
}

function originVertex(
	origin: Origin | undefined,
	input: LoweringInput,
	context: LoweringContext,
	states: ReadonlyMap<number, StageState>,
): Vertex | undefined {
	switch (origin?.kind) {
		case undefined:
		case 'scratch': {
			return undefined;
		}

		case 'stage': {
			return states.get(origin.index)?.vertex;
		}

		case 'image': {
			return startOnBase(origin, input.graph.targetPlatform, input, context).vertex;
		}

		case 'folder': {
			return folderVertex(origin.context, context);
		}

		case 'remote': {
			return startOnUnknown(remoteCause(origin), input.graph.targetPlatform, context).vertex;
		}
	}
}
