import type {StepForecast} from './forecast.ts';
import {inputsFirst} from './match-records.ts';
import type {Plan} from './plan.ts';
import type {StepNames} from './step-names.ts';

/**
 * Whether hits of one plan are found by chance while the other one's solve goes on. BuildKit merges steps that two solves
 * have in common (solver/scheduler.go mergeTo). One that was found in the cache of the first solve then has its key there
 * only, and what the second solve would find above it in its own cache is not found (solver/cachemanager.go getID).
 */
export function losesHits(plan: Plan, other: Plan, names: Pick<StepNames, 'nameOf'>): boolean {
	const others = new Set(neededSteps(other).map(({step}) => names.nameOf(other, step)));
	const steps = neededSteps(plan);
	const isShared = ({step}: StepForecast): boolean => others.has(names.nameOf(plan, step));
	const found = new Set(
		steps.flatMap(one =>
			(one.outcome === 'hit' || one.outcome === 'unknown') && isShared(one) ? (one.step.vertex ?? []) : [],
		),
	);
	if (found.size === 0) {
		return false;
	}

	const clear = new Set<unknown>();
	return steps
		.filter(one => one.outcome === 'hit' && !isShared(one))
		.some(({step}) => {
			const below = step.vertex === undefined ? [] : inputsFirst(step.vertex, plan.keys, clear);
			for (const vertex of below) {
				clear.add(vertex);
			}

			return below.some(vertex => found.has(vertex));
		});
}

/** The steps of the stages that a target needs. */
export function neededSteps({stages}: Plan): readonly StepForecast[] {
	return stages.filter(({stage}) => stage.needed).flatMap(({steps}) => steps);
}
