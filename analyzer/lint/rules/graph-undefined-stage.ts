import type {Stage} from '../../graph/stage.ts';
import {type ImageUse, imageUses} from '../image-uses.ts';
import type {MeantStage} from '../meant-stage.ts';
import type {Finding, GraphInput, GraphRule} from '../rule.ts';

/**
 * BuildKit pulls what is no stage: a misspelt stage name becomes an image of Docker Hub, and with luck the build fails.
 * Uses of later stages are errors of the graph where the target needs them, and found here where it does not.
 */
export const graphUndefinedStage: GraphRule = {
	kind: 'graph',
	name: 'graph/undefined-stage',
	severity: 'warning',
	summary: 'Stages should be defined, above the stage that uses them',
	*check(input) {
		for (const use of imageUses(input)) {
			if (use.meant !== undefined) {
				yield findingOf(use, use.meant);
			}
		}

		yield* usedTooEarly(input);
	},
};

function findingOf({reference, range, notes}: ImageUse, {kind, stage}: MeantStage): Finding {
	const defined = [...notes, ...placeOf(stage)];
	switch (kind) {
		case 'misspelt': {
			return {
				message: `stage "${reference}" is not defined, so it is pulled as an image`,
				range,
				hint: `did you mean "${stage.name ?? ''}"?`,
				notes: defined,
			};
		}

		case 'later': {
			return {
				message: `stage "${reference}" is used before it is defined, so it is pulled as an image`,
				range,
				hint: 'move it above the stage that uses it',
				notes: defined,
			};
		}

		case 'number': {
			const name = stage.name === undefined ? 'give the stage a name and write that' : `write "${stage.name}"`;
			return {
				message: `"${reference}" is pulled as an image: only COPY --from knows stages by number`,
				range,
				hint: name,
				notes: defined,
			};
		}
	}
}

// Only in stages that the target does not need: the graph of any other file is an error.
function* usedTooEarly({graph}: GraphInput): Iterable<Finding> {
	for (const {index, dependencies} of graph.stages) {
		for (const {stage, range} of dependencies) {
			const later = stage < index ? undefined : graph.stages[stage];
			if (later !== undefined) {
				yield {
					message: `stage "${later.name ?? later.index}" is used before it is defined`,
					range,
					hint: 'move it above the stage that uses it',
					notes: placeOf(later),
				};
			}
		}
	}
}

function placeOf({name, index, source}: Stage): NonNullable<Finding['notes']> {
	const {from} = source;
	return [{message: `stage "${name ?? index}" is defined here`, range: from.name?.range ?? from.image.range}];
}
