import {describeCause, type StepForecast, stepText} from '../../planner/index.ts';
import type {Style} from './style.ts';

/** What `--require-cached` says of the steps that will run, or may. */
export function renderUncached(steps: readonly StepForecast[], style: Style): string {
	const lines = steps.map(({step, outcome, cause}) => {
		const paint = outcome === 'miss' ? style.miss : style.unknown;
		const why = cause === undefined ? '' : style.dim(` (${describeCause(cause)})`);
		return `  line ${step.instruction.range.start.line} ${paint(outcome)} ${stepText(step)}${why}`;
	});
	return [`${style.error('error')} --require-cached: not every step is cached`, ...lines, ''].join('\n');
}
