import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {fetchOf} from './shell/fetches.ts';
import {isHarmless} from './shell/harmless.ts';
import {labelOf} from './shell/installs.ts';
import {builtOn, runsOf, type StageRun} from './stage-runs.ts';
import {variablesIn} from './variables-in.ts';

/** A RUN that a variable makes run again although it does not use it. */
export interface SparedRun {
	readonly run: StageRun;
	/** What it does, for the reader. */
	readonly label: string;
}

/**
 * The installations and downloads behind an ARG or ENV that do not use its variables, up to the first step that does or
 * may: an ARG or ENV is part of the key of every RUN behind it, in the stage and in those built on it by FROM
 * (BuildKit dockerfile2llb/convert.go dispatchRun, client/llb/exec.go).
 */
export function sparedRuns(
	graph: StageGraph,
	stage: Stage,
	index: number,
	variables: readonly string[],
): readonly SparedRun[] {
	const names = new Set(variables);
	const spared: SparedRun[] = [];
	if (!walk(graph, stage, index + 1, names, spared)) {
		return spared;
	}

	// Stages come after those they are built on; one behind a use is left out with all that is built on it.
	const closed = new Set<number>();
	for (const child of builtOn(graph, stage)) {
		const isClosed = child.base.kind === 'stage' && closed.has(child.base.index);
		if (isClosed || !walk(graph, child, 0, names, spared)) {
			closed.add(child.index);
		}
	}

	return spared;
}

/** Adds what is spared; says whether the end of the stage was reached without a use. */
function walk(graph: StageGraph, stage: Stage, from: number, names: Set<string>, spared: SparedRun[]): boolean {
	const runs = new Map(runsOf(graph, stage).map(run => [run.index, run]));
	for (const [index, instruction] of stage.source.instructions.entries()) {
		if (index < from) {
			continue;
		}

		if (instruction.kind === 'env') {
			// A variable made of one of these is another name of it.
			for (const {name, value} of instruction.pairs) {
				if (mentions(value, names)) {
					names.add(name);
				}
			}
		} else if (isStep(instruction) && mentions(textOf(instruction), names)) {
			return false;
		}

		const run = runs.get(index);
		if (run !== undefined) {
			const known = new Set(run.installs.map(({command}) => command));
			if (run.commands.length === 0 || !run.commands.every(one => known.has(one) || isHarmless(one.name))) {
				return false;
			}

			const label = expensivePart(run);
			if (label !== undefined) {
				spared.push({run, label});
			}
		}
	}

	return true;
}

function isStep({kind}: StageInstruction): boolean {
	return kind === 'run' || kind === 'copy' || kind === 'add' || kind === 'workdir' || kind === 'user' || kind === 'arg';
}

function textOf({text, heredocs}: StageInstruction): string {
	return [text, ...heredocs.map(({content}) => content)].join('\n');
}

function mentions(text: string, names: ReadonlySet<string>): boolean {
	return variablesIn(text).some(name => names.has(name));
}

function expensivePart({installs, commands}: StageRun): string | undefined {
	const [install] = installs;
	if (install !== undefined) {
		return labelOf(install);
	}

	return commands.find(command => fetchOf(command) !== undefined)?.name;
}
