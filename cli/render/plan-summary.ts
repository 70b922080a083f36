import type {Plan, StepForecast} from '../../planner/index.ts';
import {formatBytes} from './amounts.ts';
import {standingOf} from './step-words.ts';

/** All steps of a plan, in the order of the file. */
export function stepsOf({stages}: Plan): readonly StepForecast[] {
	return stages.flatMap(({steps}) => steps);
}

/** Steps that miss by themselves: each begins a cascade. */
export function firstMisses(plan: Plan): readonly StepForecast[] {
	return stepsOf(plan).filter(step => standingOf(step) === 'miss');
}

/** `3 hit, 2 miss, 0 unknown`, and what is to be pulled. */
export function planSummaryLine({summary: {hit, miss, unknown, pull}}: Plan): string {
	const bytes = pull.bytes > 0 ? `; up to ${formatBytes(pull.bytes)} to pull` : '';
	return `${hit} hit, ${miss} miss, ${unknown} unknown${bytes}`;
}
