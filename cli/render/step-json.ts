import {type Step, stepText} from '../../planner/index.ts';

/** What every JSON says of a step: which one it is, and where it stands. */
export function stepPlaceJson(step: Step): Readonly<Record<string, unknown>> {
	const {range, keyword} = step.instruction;
	return {
		id: step.id,
		line: range.start.line,
		endLine: range.end.line,
		instruction: keyword.toUpperCase(),
		text: stepText(step),
	};
}
