import type {RunInstruction} from '../dockerfile/instruction.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {commandsOf, type ShellCommand} from './shell/commands.ts';
import type {Install} from './shell/install.ts';
import {installOf} from './shell/installs.ts';

/** One RUN of a stage and what its shell makes of it. */
export interface StageRun {
	/** Its number among the stage's instructions. */
	readonly index: number;
	readonly run: RunInstruction;
	readonly commands: readonly ShellCommand[];
	readonly installs: readonly Install[];
}

/** The RUN instructions of a stage in the order of the file; of one that a context stands in for none is run. */
export function runsOf(graph: StageGraph, stage: Stage): readonly StageRun[] {
	const known = runsOfGraph.get(graph) ?? readRuns(graph);
	runsOfGraph.set(graph, known);
	return known[stage.index] ?? [];
}

/** Several rules ask for the same. */
const runsOfGraph = new WeakMap<StageGraph, readonly (readonly StageRun[])[]>();

function readRuns(graph: StageGraph): readonly (readonly StageRun[])[] {
	// A stage stands behind the one that it is built on, and starts with its SHELL.
	const shells: (readonly string[] | undefined)[] = [];
	return graph.stages.map(stage => {
		let shell = stage.base.kind === 'stage' ? shells[stage.base.index] : undefined;
		const runs: StageRun[] = [];
		for (const [index, instruction] of stage.replaced ? [] : stage.source.instructions.entries()) {
			if (instruction.kind === 'shell') {
				({shell} = instruction);
			} else if (instruction.kind === 'run') {
				const commands = commandsOf(graph.dockerfile, instruction, shell);
				const installs = commands.flatMap(command => installOf(command) ?? []);
				runs.push({index, run: instruction, commands, installs});
			}
		}

		shells.push(shell);
		return runs;
	});
}

/** A chain of stages is followed no further than this. */
const MAX_STAGES = 20;

/** The stages built on a stage by FROM, directly or not; the first twenty of them. */
export function builtOn(graph: StageGraph, stage: Stage): readonly Stage[] {
	const children = childrenOfGraph.get(graph) ?? readChildren(graph);
	childrenOfGraph.set(graph, children);
	const found = [stage];
	// The list grows while it is walked.
	for (const one of found) {
		found.push(...(children.get(one.index) ?? []).slice(0, MAX_STAGES - found.length + 1));
		if (found.length > MAX_STAGES) {
			break;
		}
	}

	return found.slice(1);
}

const childrenOfGraph = new WeakMap<StageGraph, ReadonlyMap<number, readonly Stage[]>>();

function readChildren({stages}: StageGraph): ReadonlyMap<number, readonly Stage[]> {
	const children = new Map<number, Stage[]>();
	for (const stage of stages) {
		if (stage.base.kind === 'stage' && !stage.replaced) {
			const known = children.get(stage.base.index);
			if (known === undefined) {
				children.set(stage.base.index, [stage]);
			} else {
				known.push(stage);
			}
		}
	}

	return children;
}
