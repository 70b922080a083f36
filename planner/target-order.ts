import type {BuildTarget, BuildWish} from './build-wish.ts';
import {losesHits, neededSteps} from './concurrent-hits.ts';
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
 * done, while that goes on with its own and exports; but not where both would upload much of the same, as two solves do
 * that export at once. Where two plans are at odds about a step they wait as well, for of a step in two solves BuildKit asks
 * the caches of one only, and where hits are above such a step ({@link losesHits}).
 */
export function targetOrder(
	targets: readonly BuildTarget[],
	{output, cacheTo}: Pick<BuildWish, 'output' | 'cacheTo'>,
	names: Pick<StepNames, 'nameOf' | 'areAtOdds'>,
): readonly TargetWait[] {
	const uploads = cacheTo.some(({kind}) => kind !== 'local');
	return targets.map((target, place) => {
		const earlier = [...targets.slice(0, place).entries()].map(([at, other]) => {
			const steps = sharedRuns(target.plan, other.plan, names);
			const isDue =
				(target.isFinal && !other.isFinal && output !== 'none') ||
				names.areAtOdds(target.plan, other.plan) ||
				differ(target.plan, other.plan, names) ||
				losesHits(target.plan, other.plan, names) ||
				losesHits(other.plan, target.plan, names) ||
				(steps.length > 0 && uploads && replacedBytes(other.plan) > uploadedTwice);
			return {place: at, steps, isDue};
		});
		return {
			after: earlier.flatMap(other => (other.isDue ? [other.place] : [])),
			shared: earlier.flatMap(other =>
				other.isDue || other.steps.length === 0 ? [] : [{place: other.place, steps: other.steps}],
			),
		};
	});
}

/** How much, in bytes, may be uploaded twice so that a build is over sooner: what a hundred megabits a second take two seconds for. */
const uploadedTwice = 24 * 2 ** 20;

// What a build uploads is about as much as it replaces in the cache; without one nothing is known of it.
function replacedBytes({stages, caches}: Plan): number {
	const used = new Set(
		stages.flatMap(({steps}) => steps.flatMap(({result}) => result?.layers.map(({blob}) => blob) ?? [])),
	);
	const layers = caches.flatMap(cache =>
		cache.used && cache.reading.kind === 'found' ? cache.reading.config.layers : [],
	);
	const replaced = new Map(layers.map(({blob, size = Number.POSITIVE_INFINITY}) => [blob, size]));
	return layers.length === 0
		? Number.POSITIVE_INFINITY
		: [...replaced].reduce((sum, [blob, size]) => sum + (used.has(blob) ? 0 : size), 0);
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
