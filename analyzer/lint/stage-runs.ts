import type {RunInstruction} from '../dockerfile/instruction.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {commandsOf, type ShellCommand} from './shell/commands.ts';

/** One RUN of a stage and what its shell makes of it. */
export interface StageRun {
	/** Its number among the stage's instructions. */
	readonly index: number;
	readonly run: RunInstruction;
	readonly commands: readonly ShellCommand[];
}

/** The RUN instructions of a stage in the order of the file; of one that a context stands in for none is run. */
export function runsOf(graph: StageGraph, stage: Stage): readonly StageRun[] {
	const known = runsOfStage.get(stage) ?? readRuns(graph, stage);
	runsOfStage.set(stage, known);
	return known;
}

/** Several rules ask for the same. */
const runsOfStage = new WeakMap<Stage, readonly StageRun[]>();

function readRuns(graph: StageGraph, stage: Stage): readonly StageRun[] {
	if (stage.replaced) {
		return [];
	}

	let shell = lineageOf(graph, stage)
		.flatMap(one => lastShell(one) ?? [])
		.at(-1)?.shell;
	const runs: StageRun[] = [];
	for (const [index, instruction] of stage.source.instructions.entries()) {
		if (instruction.kind === 'shell') {
			({shell} = instruction);
		} else if (instruction.kind === 'run') {
			runs.push({index, run: instruction, commands: commandsOf(graph.dockerfile, instruction, shell)});
		}
	}

	return runs;
}

function lastShell({source}: Stage) {
	return source.instructions.findLast(one => one.kind === 'shell');
}

/** The stages that a stage is built on by FROM, the first one first, without itself. */
export function lineageOf({stages}: StageGraph, stage: Stage): readonly Stage[] {
	const lineage: Stage[] = [];
	for (let {base} = stage; base.kind === 'stage'; ) {
		const parent = stages[base.index];
		if (parent === undefined) {
			break;
		}

		lineage.unshift(parent);
		({base} = parent);
	}

	return lineage;
}

/** The stages built on a stage by FROM, directly or not. */
export function builtOn(graph: StageGraph, stage: Stage): readonly Stage[] {
	const found = new Set([stage.index]);
	// A stage stands behind the one that it is built on.
	for (const {index, base} of graph.stages) {
		if (base.kind === 'stage' && found.has(base.index)) {
			found.add(index);
		}
	}

	return graph.stages.filter(({index}) => index !== stage.index && found.has(index));
}
