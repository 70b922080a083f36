import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Stage} from '../graph/stage.ts';
import {newestDialect} from '../keys/dialect.ts';
import {baseImageKey} from '../keys/images.ts';
import {lowerInstruction} from '../keys/lower-instruction.ts';
import {defaultExecOptions, type LoweringContext} from '../keys/lowering.ts';
import {imageTriggers} from '../keys/onbuild.ts';
import {type StageState, scratchConfig, startOnImage, startOnStage} from '../keys/stage-state.ts';
import type {TextBudget} from '../keys/text-budget.ts';
import {type VersionedMap, versionedMap} from '../keys/versioned-map.ts';
import type {Finding, GraphInput} from './rule.ts';

/** One instruction of a stage, with what BuildKit has of the stage when it comes to it. */
export interface Visit {
	readonly stage: Stage;
	readonly instruction: StageInstruction;
	/** It is an ONBUILD trigger of the base. */
	readonly trigger: boolean;
	/** `unresolved` tells that the base image is not known, and so most of the environment is not. */
	readonly state: StageState;
	/** Names that an ARG of the stage or of those below it has declared, with or without a value. */
	readonly declared: VersionedMap<true>;
	/** A WORKDIR of the stage or of those below it came before. */
	readonly hasWorkdir: boolean;
	/** What variables may still add to words: all rules share it. */
	readonly budget: TextBudget;
}

/** Characters that variables may add in one file: more than any that people write. */
const MAX_GROWTH_TOTAL = 32 * 1024 * 1024;

/**
 * The stages that BuildKit looks into when it checks a file: all of them, or with a target those that it needs
 * (dockerfile2llb/convert.go DockerfileLint).
 */
export function checkedStages({graph, options}: GraphInput): readonly Stage[] {
	const isWhole = (options.target ?? '') === '' && options.targetIndex === undefined;
	return isWhole ? graph.stages : graph.stages.filter(({needed, replaced}) => needed && !replaced);
}

/** The instructions of the checked stages in the order in which BuildKit comes to them (dockerfile2llb/convert.go dispatchStages). */
export function walkStages(input: GraphInput): readonly Visit[] {
	const visits = visitsOfInput.get(input) ?? walk(input);
	visitsOfInput.set(input, visits);
	return visits;
}

/** Several rules ask for the same. */
const visitsOfInput = new WeakMap<GraphInput, readonly Visit[]>();

interface Walked {
	readonly state: StageState;
	/** An ARG has the name of an ENV before it: in a stage built on this one the ENV counts again. */
	readonly hidesEnv: boolean;
	readonly declared: VersionedMap<true>;
	readonly hasWorkdir: boolean;
}

function walk(input: GraphInput): readonly Visit[] {
	const {graph, images} = input;
	const context = contextFor(input);
	const ofImages = images === undefined ? undefined : imageTriggers(graph, images);
	const ends = new Map<number, Walked>();
	const visits: Visit[] = [];
	for (const stage of checkedStages(input)) {
		const below = stage.base.kind === 'stage' ? ends.get(stage.base.index) : undefined;
		let at: Walked =
			below === undefined
				? {state: startOf(stage, input), declared: versionedMap(), hasWorkdir: false, hidesEnv: false}
				: // All variables are assigned again, which takes long where each of many stages has some.
					below.hidesEnv
					? {...below, state: startOnStage(below.state), hidesEnv: false}
					: below;
		// Of stages that the target does not need, BuildKit does not look for triggers.
		const ofImage = ofImages?.kind === 'triggers' ? (ofImages.triggers.get(stage.index) ?? []) : [];
		const triggers = stage.needed ? [...ofImage, ...stage.triggers] : [];
		for (const [index, instruction] of [...triggers, ...stage.source.instructions].entries()) {
			visits.push({stage, instruction, trigger: index < triggers.length, budget: context.budget, ...at});
			at = after(instruction, at, context);
		}

		ends.set(stage.index, at);
	}

	return visits;
}

function after(instruction: StageInstruction, at: Walked, context: LoweringContext): Walked {
	switch (instruction.kind) {
		case 'arg': {
			const {state} = lowerInstruction(instruction, at.state, context);
			const declared = instruction.args.reduce((names, {name}) => names.set(name, true), at.declared);
			const hidesEnv = at.hidesEnv || instruction.args.some(({name}) => state.configEnv.has(name));
			return {...at, state, declared, hidesEnv};
		}

		case 'env':
		case 'shell': {
			return {...at, state: lowerInstruction(instruction, at.state, context).state};
		}

		case 'workdir': {
			return {...at, hasWorkdir: true};
		}

		default: {
			return at;
		}
	}
}

function startOf(stage: Stage, {graph, images}: GraphInput): StageState {
	const platform = stage.base.kind === 'scratch' ? graph.targetPlatform : (stage.platform ?? graph.targetPlatform);
	const key = baseImageKey(stage, graph);
	if (key === undefined) {
		return startOnImage(undefined, scratchConfig, platform);
	}

	const result = images?.get(key);
	return result?.kind === 'resolved'
		? startOnImage(undefined, result.image.config, platform)
		: {...startOnImage(undefined, scratchConfig, platform), unresolved: result?.reason ?? 'it was not looked up'};
}

// Only environments are followed: nothing is made that has a key.
function contextFor({dockerfile, options, graph}: GraphInput): LoweringContext {
	return {
		dockerfile,
		globalArgs: graph.globalArgs,
		buildArgs: options.buildArgs,
		execOptions: defaultExecOptions,
		dialect: newestDialect,
		context: {kind: 'context'},
		budget: {left: MAX_GROWTH_TOTAL},
		intern: vertex => vertex,
		follow: () => {},
		report: () => {},
	};
}

/** Where a finding of a visit stands: one about a trigger at the FROM that runs it, as BuildKit says it. */
export function placeOf({stage, instruction, trigger}: Visit, range: Range): Pick<Finding, 'range' | 'notes'> {
	if (!trigger) {
		return {range};
	}

	const {from} = stage.source;
	const isHere = instruction.range.start.line !== from.range.start.line;
	return {
		range: from.image.range,
		...(isHere && {notes: [{message: 'in this ONBUILD trigger of its base', range}]}),
	};
}
