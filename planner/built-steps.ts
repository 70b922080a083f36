import type {Actual} from './actual.ts';
import {judge, type Verdict} from './agreement.ts';
import type {BuildTarget} from './build-wish.ts';
import type {StepForecast} from './forecast.ts';
import type {StepNames} from './step-names.ts';

/** One step of a build and what became of its forecast; a step that several targets share counts once. */
export interface BuiltStep {
	readonly forecast: StepForecast;
	/** Those whose builds have it, as they are written; empty where there is one platform only. */
	readonly platforms: readonly string[];
	readonly actual: Actual;
	readonly verdict: Verdict;
}

/** Every step that is cached or runs, each once, in the order of the targets; what `built` does not have was not reached. */
export function allSteps(
	targets: readonly BuildTarget[],
	{nameOf, platformsOf}: StepNames,
	built: ReadonlyMap<string, BuiltStep>,
): readonly BuiltStep[] {
	const steps = new Map<string, BuiltStep>();
	for (const {plan} of targets) {
		for (const forecast of plan.stages.flatMap(stage => stage.steps).filter(({outcome}) => outcome !== 'none')) {
			const name = nameOf(plan, forecast.step);
			const actual = {kind: 'not-reached'} as const;
			const verdict = judge(forecast.outcome, actual);
			const step = built.get(name) ?? {forecast, platforms: platformsOf(name), actual, verdict};
			steps.set(name, steps.get(name) ?? step);
		}
	}

	return [...steps.values()];
}
