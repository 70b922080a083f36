import type {NameValue, StageInstruction} from '../../dockerfile/instruction.ts';
import type {Range} from '../../dockerfile/source.ts';
import type {StageGraph} from '../../graph/stage.ts';
import {sparedRuns} from '../argument-reach.ts';
import type {GraphRule} from '../rule.ts';
import {variablesIn} from '../variables-in.ts';
import {isFixedValue, isVolatileName} from '../volatile-names.ts';

/** An ARG or ENV is part of the key of every RUN behind it, used or not; a LABEL is part of none. */
export const cacheVolatileBeforeRun: GraphRule = {
	kind: 'graph',
	name: 'cache/volatile-before-run',
	severity: 'warning',
	summary: 'Commits, dates and build numbers should be declared behind the steps that do not use them',
	*check({graph}) {
		for (const stage of graph.stages) {
			const seen: string[] = [];
			for (const [index, instruction] of stage.replaced ? [] : stage.source.instructions.entries()) {
				for (const {name, range} of volatileIn(instruction, graph, seen)) {
					if (seen.includes(name)) {
						continue;
					}

					seen.push(name);
					const spared = sparedRuns(graph, stage, index, [name]);
					const [first] = spared;
					if (first !== undefined) {
						yield {
							message: `"${name}" is part of the key of every RUN below, so "${first.label}" runs again with each value`,
							range,
							hint: 'declare it as far down as possible, just above the first step that uses it',
							notes: spared
								.slice(0, 5)
								.map(({run, label}) => ({message: `"${label}" does not use it`, range: run.run.keywordRange})),
							reruns: spared.map(({run}) => run.run.range),
						};
					}
				}
			}
		}
	},
};

interface Variable {
	readonly name: string;
	readonly range: Range;
}

/** `seen`: variables above, of which an ENV may be another name. */
function volatileIn(
	instruction: StageInstruction,
	{dockerfile}: StageGraph,
	seen: readonly string[],
): readonly Variable[] {
	switch (instruction.kind) {
		case 'arg': {
			return instruction.args.filter(({name, value}) => {
				const above = dockerfile.globalArgs.flatMap(({args}) => args).findLast(one => one.name === name);
				return isVolatileName(name) && !isFixedValue(value ?? above?.value);
			});
		}

		case 'env': {
			return instruction.pairs.filter(pair => isVolatileName(pair.name) && comesFromOutside(pair, seen));
		}

		default: {
			return [];
		}
	}
}

/** Its value is a variable, and none that was reported itself. */
function comesFromOutside({value}: NameValue, seen: readonly string[]): boolean {
	const used = variablesIn(value);
	return used.length > 0 && !used.some(name => seen.includes(name));
}
