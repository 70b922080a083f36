import type {StepForecast} from '../forecast.ts';
import {stageLabel} from '../leaf-caches.ts';
import type {Plan} from '../plan.ts';
import type {Problem} from '../workspace.ts';

/** What a word of the command line means in a plan. */
export type FoundSteps =
	| {readonly kind: 'steps'; readonly forecasts: readonly StepForecast[]}
	/** It names no step: a file perhaps. */
	| {readonly kind: 'none'}
	| {readonly kind: 'failed'; readonly problem: Problem};

/**
 * The steps that are meant: by line, by stage (all of it), by `STAGE:LINE` or by the id that the JSON has. Of a stage that
 * the target does not need there are none.
 */
export function findSteps(plan: Plan, text: string): FoundSteps {
	const forecasts = plan.stages.flatMap(({steps}) => steps);
	const byId = forecasts.filter(({step}) => step.id === text);
	if (byId.length > 0) {
		return {kind: 'steps', forecasts: byId};
	}

	if (/^\d+$/.test(text)) {
		return atLine(forecasts, Number(text), `line ${text}`);
	}

	const [, name = text, line] = /^(.+):(\d+)$/.exec(text) ?? [];
	const stage = plan.stages.find(one => stageLabel(one.stage) === name.toLowerCase());
	if (stage === undefined) {
		return {kind: 'none'};
	}

	if (!stage.stage.needed) {
		return failed(`the target does not need the stage "${name}"`, `plan it: --target ${name}`);
	}

	return line === undefined
		? {kind: 'steps', forecasts: stage.steps}
		: atLine(stage.steps, Number(line), `line ${line} of the stage "${name}"`);
}

// An instruction can go over several lines; triggers have the line of FROM.
function atLine(forecasts: readonly StepForecast[], line: number, what: string): FoundSteps {
	const found = forecasts.filter(
		({
			step: {
				instruction: {range},
			},
		}) => range.start.line <= line && line <= range.end.line,
	);
	const lines = forecasts.map(({step}) => step.instruction.range.start.line);
	const near = lines.reduce<number | undefined>(
		(best, one) => (best === undefined || Math.abs(one - line) < Math.abs(best - line) ? one : best),
		undefined,
	);
	return found.length > 0
		? {kind: 'steps', forecasts: found}
		: failed(
				`there is no step of the target at ${what}`,
				near === undefined ? 'name another target with --target' : `the nearest is at line ${near}`,
			);
}

function failed(message: string, hint: string): FoundSteps {
	return {kind: 'failed', problem: {message, hint}};
}
