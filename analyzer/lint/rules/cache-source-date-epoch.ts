import type {ArgDeclaration} from '../../dockerfile/instruction.ts';
import type {Stage} from '../../graph/stage.ts';
import {sparedRuns} from '../argument-reach.ts';
import type {GraphRule} from '../rule.ts';

const NAME = 'SOURCE_DATE_EPOCH';

/** The time of a commit as an ARG makes every RUN behind it run for every commit. */
export const cacheSourceDateEpoch: GraphRule = {
	kind: 'graph',
	name: 'cache/source-date-epoch',
	severity: 'info',
	summary: 'SOURCE_DATE_EPOCH should be declared behind the steps that install',
	*check({graph}) {
		for (const stage of graph.stages) {
			const declared = declarationIn(stage);
			const spared = declared === undefined ? [] : sparedRuns(graph, stage, declared.index, [NAME]);
			const [first] = spared;
			if (declared !== undefined && first !== undefined) {
				yield {
					message: `"${NAME}" is part of the key of every RUN below, so "${first.label}" runs again for each commit`,
					range: declared.arg.range,
					hint: 'declare it just above the first step that needs it, or not at all: BuildKit gives it to exporters without ARG',
					notes: spared
						.slice(0, 5)
						.map(({run, label}) => ({message: `"${label}" does not use it`, range: run.run.keywordRange})),
					reruns: spared.map(({run}) => run.run.range),
				};
			}
		}
	},
};

/** Its first ARG in a stage; one with a time as its default is always the same. */
function declarationIn({replaced, source}: Stage): {readonly arg: ArgDeclaration; readonly index: number} | undefined {
	for (const [index, instruction] of replaced ? [] : source.instructions.entries()) {
		const arg = instruction.kind === 'arg' ? instruction.args.find(({name}) => name === NAME) : undefined;
		if (arg !== undefined) {
			return /^["']?\d/.test(arg.value ?? '') ? undefined : {arg, index};
		}
	}

	return undefined;
}
