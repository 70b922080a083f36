import type {Step} from '../../analyzer/index.ts';
import type {Cause} from '../cause.ts';
import type {StepForecast} from '../forecast.ts';
import type {Plan} from '../plan.ts';
import {differencesOf} from '../preimages/differences-of.ts';
import {matchSteps} from '../preimages/match-steps.ts';
import {preimagesOf} from '../preimages/preimages-of.ts';
import type {StepDifference} from '../preimages/step-difference.ts';
import type {StepPreimage} from '../preimages/step-preimage.ts';
import {usesIn} from '../preimages/uses-in.ts';

/** A step of now against an earlier state of the project. */
export interface ChangedStep {
	readonly step: Step;
	/** `none`: BuildKit builds nothing for it. */
	readonly change: 'same' | 'rebuilt' | 'unknown' | 'none';
	/** Why it is not the same. */
	readonly cause?: Cause;
	/** What is another one in its own key; empty where only what it stands on is. */
	readonly differences: readonly StepDifference[];
	/** Files that it reads and git cannot tell of; it is the same if they were as they are now. */
	readonly unkept: readonly string[];
}

/** The same plan against the revision with nothing known of the files that git cannot tell of. */
export interface DoubtedPlan {
	readonly plan: Plan;
	/** Their paths, relative to the work tree's root. */
	readonly unkept: ReadonlySet<string>;
	/** The path of what a context has at a path, relative to the work tree's root. */
	readonly inTree: (context: string | undefined, path: string) => string;
}

const words = {hit: 'same', miss: 'rebuilt', unknown: 'unknown', none: 'none'} as const;

/**
 * What became of each step of `plan`, which was forecast against the records of `before`; `assumed`: the image on which
 * it depends whether a step is the same, where nobody could look at it.
 */
export function changedSteps(
	plan: Plan,
	before: readonly Plan[],
	doubted: DoubtedPlan | undefined,
	assumed: ReadonlyMap<string, string>,
): readonly ChangedStep[] {
	const forecasts = plan.stages.flatMap(({steps}) => steps);
	const isChanged = forecasts.some(({outcome}) => outcome === 'miss' || outcome === 'unknown');
	const now = isChanged || doubted !== undefined ? preimagesOf(plan) : [];
	const matches = isChanged ? matchSteps(distinct(before.flatMap(one => preimagesOf(one))), now) : new Map();
	const preimages = new Map(now.map(one => [one.id, one]));
	const inDoubt = new Map(doubted?.plan.stages.flatMap(({steps}) => steps).map(one => [one.step.id, one]));
	const uses = usesIn(now);
	return forecasts.map(({step, outcome, cause}): ChangedStep => {
		const preimage = preimages.get(step.id);
		const other = inDoubt.get(step.id);
		if (outcome === 'hit' && other !== undefined && other.outcome !== 'hit') {
			return {step, change: 'unknown', ...doubtOf(other, preimage, doubted)};
		}

		const image = assumed.get(step.id);
		if (outcome === 'hit' && image !== undefined) {
			const reason = `lines on the image ${image} have changed: the same if its variables, user, shell and folder make no difference`;
			return {step, change: 'unknown', cause: {kind: 'undecided', reason}, differences: [], unkept: []};
		}

		return {
			step,
			change: words[outcome],
			...(cause !== undefined && {cause}),
			differences:
				preimage === undefined || (outcome !== 'miss' && outcome !== 'unknown')
					? []
					: differencesOf(matches.get(step.id), preimage, uses),
			unkept: [],
		};
	});
}

function doubtOf(
	{cause}: StepForecast,
	preimage: StepPreimage | undefined,
	doubted: DoubtedPlan | undefined,
): Pick<ChangedStep, 'cause' | 'differences' | 'unkept'> {
	const unkept = (preimage?.reads ?? []).flatMap(({context, files}) =>
		[...(files?.keys() ?? [])].filter(path => doubted?.unkept.has(doubted.inTree(context, path))),
	);
	return cause?.kind === 'parent'
		? {cause: {kind: 'parent', step: cause.step, line: cause.line}, differences: [], unkept}
		: {cause: {kind: 'undecided', reason: unkeptText(unkept)}, differences: [], unkept};
}

function unkeptText(paths: readonly string[]): string {
	const files = paths.filter(path => !paths.some(other => other.startsWith(`${path}/`)));
	const named = files.slice(0, 3).join(', ');
	const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
	return `git cannot tell what this was: ${named}${more}; the step is the same if that is`;
}

// Plans of several leaves have stages in common.
function distinct(preimages: readonly StepPreimage[]): readonly StepPreimage[] {
	return [...new Map(preimages.map(one => [one.id, one])).values()].sort((a, b) => a.line - b.line);
}
