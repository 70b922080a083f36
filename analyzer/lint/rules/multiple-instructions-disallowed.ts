import type {StageInstruction} from '../../dockerfile/instruction.ts';
import type {GraphRule} from '../rule.ts';
import {placeOf, type Visit, walkStages} from '../stage-walk.ts';

const kinds: ReadonlySet<StageInstruction['kind']> = new Set(['cmd', 'entrypoint', 'healthcheck']);

/** The one without effect is told of, and what waives that stands above the next (BuildKit dockerfile2llb validateUsedOnce). */
export const multipleInstructionsDisallowed: GraphRule = {
	kind: 'graph',
	name: 'MultipleInstructionsDisallowed',
	severity: 'warning',
	summary: 'A stage should have at most one CMD, ENTRYPOINT and HEALTHCHECK',
	*check(input) {
		const last = new Map<string, Visit>();
		for (const visit of walkStages(input)) {
			const {instruction, stage} = visit;
			if (!kinds.has(instruction.kind)) {
				continue;
			}

			const key = `${stage.index} ${instruction.kind}`;
			const earlier = last.get(key);
			last.set(key, visit);
			if (earlier !== undefined) {
				const {range, notes = []} = placeOf(earlier, earlier.instruction.keywordRange);
				const next = placeOf(visit, instruction.keywordRange).range;
				yield {
					message: `"${earlier.instruction.keyword}" has no effect: another follows in the stage`,
					range,
					hint: 'keep the last one only',
					notes: [...notes, {message: 'this one takes its place', range: next}],
					waivedAt: next,
				};
			}
		}
	},
};
