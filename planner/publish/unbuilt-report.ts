import {countVerdicts, judge} from '../agreement.ts';
import type {BuildReport, BuildTarget, BuiltStep} from '../build.ts';
import {formatCacheSpec} from '../caches/cache-flag.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import type {BuildOutcome} from '../engines/engine.ts';
import type {StepForecast} from '../forecast.ts';

/** The steps of some targets that will run, or may, each once; empty where a build makes nothing new. */
export function stepsToRun(targets: readonly Pick<BuildTarget, 'plan'>[]): readonly StepForecast[] {
	const steps = targets.flatMap(({plan}) => plan.stages.flatMap(stage => stage.steps));
	const running = steps.filter(({outcome, needed}) => needed && (outcome === 'miss' || outcome === 'unknown'));
	return [...new Map(running.map(forecast => [forecast.step.id, forecast])).values()];
}

/**
 * Whether every place that the user wants a cache written to is the one that was read, so that a build in which all hits
 * would leave it as it is. The image's own cache (inline) is part of the image.
 */
export function writesWhatItRead(cacheTo: readonly CacheSpec[], cacheFrom: readonly CacheSpec[]): boolean {
	const places = cacheTo.filter(({kind}) => kind !== 'inline').map(placeOf);
	const [read, ...others] = cacheFrom.map(placeOf);
	return places.every(place => place !== undefined && place === read) && (places.length === 0 || others.length === 0);
}

function placeOf(spec: CacheSpec): string | undefined {
	switch (spec.kind) {
		case 'registry': {
			return spec.ref;
		}

		case 'local': {
			return formatCacheSpec({...spec, attributes: {}}, 'from');
		}

		default: {
			return undefined;
		}
	}
}

/** The report of a build that reached no step, and of how it ended all the same. */
export function unbuiltReport(targets: readonly BuildTarget[], outcome: BuildOutcome, seconds: number): BuildReport {
	const forecasts = targets.flatMap(({plan}) => plan.stages.flatMap(stage => stage.steps));
	const steps = new Map<string, BuiltStep>();
	for (const forecast of forecasts.filter(({outcome}) => outcome !== 'none')) {
		const actual = {kind: 'not-reached'} as const;
		steps.set(forecast.step.id, {forecast, actual, verdict: judge(forecast.outcome, actual)});
	}

	return {
		outcome,
		targets,
		steps: [...steps.values()],
		agreement: countVerdicts([...steps.values()].map(({verdict}) => verdict)),
		caches: [],
		seconds,
	};
}
