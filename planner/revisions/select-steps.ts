import {findSteps} from '../why/find-steps.ts';
import type {Problem} from '../workspace.ts';
import type {SincePlan, SinceReport} from './plan-since.ts';

/** A report with fewer steps. */
export type SelectedSteps =
	| {readonly kind: 'selected'; readonly report: SinceReport}
	| {readonly kind: 'failed'; readonly problem: Problem};

/** Of what a change rebuilds only the steps that are named (`findSteps`); without a name every first cause. */
export function selectSteps(report: SinceReport, name: string | undefined): SelectedSteps {
	const [first, ...others] = report.plans;
	const found = name === undefined ? undefined : findSteps(first.plan, name);
	if (found?.kind === 'failed') {
		return found;
	}

	if (found?.kind === 'none') {
		const problem = {
			message: `"${name}" is no line, stage or step of the target`,
			hint: 'name a line of the Dockerfile, a stage or STAGE:LINE',
		};
		return {kind: 'failed', problem};
	}

	const ids = found === undefined ? undefined : new Set(found.forecasts.map(({step}) => step.id));
	const select = ({plan, steps}: SincePlan): SincePlan => ({
		plan,
		steps: steps.filter(({step, change, cause}) =>
			ids === undefined ? (change === 'rebuilt' || change === 'unknown') && cause?.kind !== 'parent' : ids.has(step.id),
		),
	});
	return {kind: 'selected', report: {...report, plans: [select(first), ...others.map(select)]}};
}
