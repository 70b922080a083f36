import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import {graphError} from '../graph/graph-error.ts';
import type {Origin} from '../graph/origin.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import type {Dialect} from './dialect.ts';
import {epochOf} from './epoch.ts';
import type {ImageTable} from './images.ts';
import {internTable} from './intern.ts';
import {lowerCopy} from './lower-copy.ts';
import {lowerInstruction} from './lower-instruction.ts';
import {lowerRun, type MountSource} from './lower-run.ts';
import {defaultExecOptions, type ExecOptions, type LoweringContext, tooMuchText} from './lowering.ts';
import {type Dispatched, type StageState, startOnStage} from './stage-state.ts';
import {startOnOrigin} from './start-on-origin.ts';
import type {FollowedPath, LoweredStage, LoweredStages, Step, StepNumber} from './step.ts';
import {textBudget} from './text-budget.ts';
import type {UnknownVertex, Vertex} from './vertex.ts';

/** What lowering needs beside the graph. */
export interface LoweringInput {
	readonly graph: StageGraph;
	readonly images: ImageTable;
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly execOptions: ExecOptions;
	readonly dialect: Dialect;
}

// What an older frontend does not know it passes over without a word.
function withoutLimits({network, extraHosts}: ExecOptions): ExecOptions {
	return {...defaultExecOptions, network, extraHosts};
}

/**
 * Turns the needed stages into vertices, instruction by instruction, as BuildKit's Dockerfile frontend does
 * (dockerfile2llb/convert.go dispatchStages). Static: what a base image holds arrives in `images`; on an image that
 * is not known every vertex is unknown.
 */
export function lowerStages(input: LoweringInput): LoweredStages {
	const {graph, dialect, buildArgs} = input;
	const diagnostics: Diagnostic[] = [];
	const followed: FollowedPath[] = [];
	const budget = textBudget();
	const intern = internTable(budget);
	const epoch = epochOf(buildArgs, graph.globalArgs, dialect);
	const context: LoweringContext = {
		dockerfile: graph.dockerfile,
		globalArgs: graph.globalArgs,
		buildArgs,
		execOptions: dialect.hasRunLimits ? input.execOptions : withoutLimits(input.execOptions),
		dialect,
		...(epoch.kind === 'time' && dialect.datesWorkdir && {epoch: epoch.nanoseconds}),
		context: intern({kind: 'context'}),
		intern,
		budget,
		follow(vertex, path) {
			if (vertex?.kind === 'context') {
				followed.push({context: vertex.name, path});
			}
		},
		report: diagnostic => diagnostics.push(diagnostic),
	};
	const states = new Map<number, StageState>();
	const stages: LoweredStage[] = [];
	for (const stage of graph.stages.filter(one => one.needed)) {
		if (budget.left < 0 && diagnostics.length > 0) {
			break;
		}

		const start = startOf(stage, input, context, states);
		// Environment and folders of every stage may depend on it.
		const lowered = lowerStage(
			stage,
			input,
			context,
			states,
			epoch.kind === 'open' ? {...start, unresolved: start.unresolved ?? epoch.cause} : start,
		);
		states.set(stage.index, lowered.state);
		stages.push({stage: stage.index, steps: lowered.steps, output: lowered.state.vertex});
	}

	return diagnostics.length > 0 ? {kind: 'failed', diagnostics} : {kind: 'lowered', stages, followed};
}

function lowerStage(
	stage: Stage,
	input: LoweringInput,
	context: LoweringContext,
	states: ReadonlyMap<number, StageState>,
	start: StageState,
): {readonly state: StageState; readonly steps: readonly Step[]} {
	const {graph} = input;
	const from = stage.source.from;
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
		if (context.budget.left < 0) {
			context.report(graphError(context.dockerfile.source, instruction.range, tooMuchText));
			break;
		}

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
	const {base} = stage;
	if (base.kind === 'stage') {
		const parent = states.get(base.index);
		if (parent === undefined) {
			throw new Error(`internal: stage ${base.index} is used before it is lowered`);
		}

		return startOnStage(parent);
	}

	const {targetPlatform} = input.graph;
	const platform = base.kind === 'scratch' ? targetPlatform : (stage.platform ?? targetPlatform);
	const state = startOnOrigin(base, platform, input.images, context);
	// What stands in for a stage has the platform of its own config (dockerfile2llb resolveBaseImage).
	const own = stage.replaced && state.vertex?.kind === 'image' ? state.vertex.image.platform : undefined;
	return own === undefined ? state : {...state, platform: own};
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
	const known = isOpen || instruction.kind === 'workdir' ? undefined : lowered.vertex;
	const inputs = [state.vertex, ...sources.map(source => source.vertex), known].filter(one => one !== undefined);
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
	if (origin === undefined) {
		return undefined;
	}

	return origin.kind === 'stage'
		? states.get(origin.index)?.vertex
		: startOnOrigin(origin, input.graph.targetPlatform, input.images, context).vertex;
}
