import {describeCause, type StepToRun, stepText} from '../../planner/index.ts';
import type {Style} from './style.ts';

/** What `--require-cached` says of the steps that will run, or may. */
export function renderUncached(steps: readonly StepToRun[], style: Style): string {
	const lines = steps.map(({forecast: {step, outcome, cause}, platforms}) => {
		const paint = outcome === 'miss' ? style.miss : style.unknown;
		const on = platforms.length === 0 ? '' : style.dim(` for ${platforms.join(', ')}`);
		const why = cause === undefined ? '' : style.dim(` (${describeCause(cause)})`);
		return `  line ${step.instruction.range.start.line} ${paint(outcome)} ${stepText(step)}${on}${why}`;
	});
	return [`${style.error('error')} --require-cached: not every step is cached`, ...lines, ''].join('\n');
}
