import {type Actual, stepTracker} from '../../planner/actual.ts';
import type {BuildEvent, Cause, Outcome, Plan, StepForecast} from '../../planner/index.ts';

/** What an engine with nothing of its own did with a step. */
export type Happened = 'cached' | 'ran' | 'not-reached';

/** One step: what was said, and what happened. */
export interface ComparedStep {
	readonly line: number;
	readonly name: string;
	readonly forecast: Exclude<Outcome, 'none'>;
	/** With the dialect found out from the cache. */
	readonly detected: Exclude<Outcome, 'none'>;
	readonly happened: Happened;
	/** Of an unknown step, the kind of the first cause. */
	readonly cause: string;
}

/**
 * Puts two plans of one target next to what the events of a build say. A step that a build
 * which succeeds never begins need not run, as one that is reported cached. When a build fails, BuildKit ends the steps
 * it has not come to as cached ones: of a failed build only those count that ran.
 */
export function compare(
	plan: Plan,
	detected: Plan,
	events: readonly BuildEvent[],
	isBuilt: boolean,
): readonly ComparedStep[] {
	const steps = stepsOf(plan);
	const others = new Map(stepsOf(detected).map(one => [one.step.id, one]));
	const tracker = stepTracker(steps.map(({step}) => step));
	for (const event of events) {
		tracker.follow(event);
	}

	const stranger = events.find(event => isStep(event) && tracker.stepOf(event.digest) === undefined);
	if (stranger !== undefined && isStep(stranger)) {
		// Its step would count as one that never began.
		throw new Error(`the plan has no step that is called ${JSON.stringify(stranger.name)}`);
	}

	const byId = new Map(steps.map(one => [one.step.id, one]));
	return steps.flatMap(forecast => {
		const other = others.get(forecast.step.id);
		const outcome = forecast.outcome;
		const detectedOutcome = other?.outcome ?? 'none';
		if (outcome === 'none' && detectedOutcome === 'none') {
			return [];
		}

		if (outcome === 'none' || detectedOutcome === 'none') {
			throw new Error(`step ${forecast.step.id} is one in one dialect only`);
		}

		const {instruction} = forecast.step;
		return [
			{
				line: instruction.range.start.line,
				name: instruction.kind,
				forecast: outcome,
				detected: detectedOutcome,
				happened: happenedOf(tracker.actual(forecast.step), isBuilt),
				cause: firstCause(forecast, byId),
			},
		];
	});
}

type VertexEvent = Extract<BuildEvent, {kind: 'vertex'}>;

// FROM is numbered too, but nothing is said of it.
function isStep(event: BuildEvent): event is VertexEvent {
	return event.kind === 'vertex' && /^\[(?:[^\]]* |\s*)\d+\/\d+\] (?!FROM )/.test(event.name);
}

function happenedOf(actual: Actual, isBuilt: boolean): Happened {
	if (actual.kind === 'ran' && actual.unclear) {
		return 'not-reached';
	}

	if (actual.kind === 'ran' || actual.kind === 'failed') {
		return 'ran';
	}

	return isBuilt && actual.kind !== 'running' ? 'cached' : 'not-reached';
}

/** What was wrong with a forecast of a step; undefined where nothing was. */
export function mistake(
	forecast: ComparedStep['forecast'],
	happened: Happened,
): 'false hit' | 'false miss' | undefined {
	if (forecast === 'hit' && happened === 'ran') {
		return 'false hit';
	}

	return forecast === 'miss' && happened === 'cached' ? 'false miss' : undefined;
}

function stepsOf({stages}: Plan): readonly StepForecast[] {
	return stages.flatMap(({steps}) => steps);
}

function firstCause({cause}: StepForecast, byId: ReadonlyMap<string, StepForecast>): string {
	let current: Cause | undefined = cause;
	while (current?.kind === 'parent') {
		current = byId.get(current.step)?.cause;
	}

	return current === undefined ? '' : current.kind === 'undecided' ? `undecided: ${current.reason}` : current.kind;
}
