import type {BuildTarget, BuildWish} from './build-wish.ts';
import type {StepForecast} from './forecast.ts';
import type {Plan} from './plan.ts';
import type {StepNames} from './step-names.ts';

/** What a target waits for before its build begins. */
export interface TargetWait {
	/** Places of the targets that must have been built. */
	readonly after: readonly number[];
	/** Of others, the steps that must be done: no step is built by two at once and shown by chance under one of them. */
	readonly shared: readonly {readonly place: number; readonly steps: readonly string[]}[];
}

/**
 * What each target waits for. An image of the user's own waits for all but itself on other platforms, so that it is
 * tagged or pushed only when all else is built. Others begin as soon as the steps they share with an earlier target are
 * done, while that goes on with its own and exports. Where two plans are at odds about a step they wait as well: of a step
 * in two solves BuildKit asks the caches of one only.
 */
export function targetOrder(
	targets: readonly BuildTarget[],
	output: BuildWish['output'],
	names: Pick<StepNames, 'nameOf' | 'areAtOdds'>,
): readonly TargetWait[] {
	return targets.map((target, place) => {
		const earlier = [...targets.slice(0, place).entries()];
		const isDue = (other: BuildTarget): boolean =>
			(target.isFinal && !other.isFinal && output !== 'none') ||
			names.areAtOdds(target.plan, other.plan) ||
			differ(target.plan, other.plan, names);
		return {
			after: earlier.flatMap(([at, other]) => (isDue(other) ? [at] : [])),
			shared: earlier.flatMap(([at, other]) => {
				const steps = isDue(other) ? [] : sharedRuns(target.plan, other.plan, names);
				return steps.length > 0 ? [{place: at, steps}] : [];
			}),
		};
	});
}

// Each target has the cache that is best for it, so one may find what another does not.
function differ(one: Plan, other: Plan, names: Pick<StepNames, 'nameOf'>): boolean {
	const outcomes = new Map(neededSteps(other).map(({step, outcome}) => [names.nameOf(other, step), outcome]));
	return neededSteps(one).some(({step, outcome}) => (outcomes.get(names.nameOf(one, step)) ?? outcome) !== outcome);
}

function sharedRuns(one: Plan, other: Plan, names: Pick<StepNames, 'nameOf'>): readonly string[] {
	const mayRun = (plan: Plan): readonly string[] =>
		neededSteps(plan)
			.filter(({outcome}) => outcome === 'miss' || outcome === 'unknown')
			.map(({step}) => names.nameOf(plan, step));
	const others = new Set(mayRun(other));
	return mayRun(one).filter(name => others.has(name));
}

function neededSteps({stages}: Plan): readonly StepForecast[] {
	return stages.filter(({stage}) => stage.needed).flatMap(({steps}) => steps);
}
