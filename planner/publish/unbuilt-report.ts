import {countVerdicts} from '../agreement.ts';
import type {BuildReport} from '../build.ts';
import type {BuildTarget} from '../build-wish.ts';
import {allSteps} from '../built-steps.ts';
import {formatCacheSpec} from '../caches/cache-flag.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import type {BuildOutcome} from '../engines/engine.ts';
import type {StepForecast} from '../forecast.ts';
import {stepNames} from '../step-names.ts';

/** A step that will run, or may; `platforms` as in {@link BuiltStep}. */
export interface StepToRun {
	readonly forecast: StepForecast;
	readonly platforms: readonly string[];
}

/** The steps of some targets that will run, or may, each once; empty where a build makes nothing new. */
export function stepsToRun(targets: readonly Pick<BuildTarget, 'plan'>[]): readonly StepToRun[] {
	const {nameOf, platformsOf} = stepNames(targets.map(({plan}) => plan));
	const running = new Map<string, StepToRun>();
	for (const {plan} of targets) {
		for (const forecast of plan.stages.flatMap(stage => stage.steps)) {
			const name = nameOf(plan, forecast.step);
			if (forecast.needed && (forecast.outcome === 'miss' || forecast.outcome === 'unknown')) {
				running.set(name, {forecast, platforms: platformsOf(name)});
			}
		}
	}

	return [...running.values()];
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
	const steps = allSteps(targets, stepNames(targets.map(({plan}) => plan)), new Map());
	return {
		outcome,
		targets,
		built: [],
		steps,
		agreement: countVerdicts(steps.map(({verdict}) => verdict)),
		pulled: {layers: 0, bytes: 0},
		transfers: [],
		caches: [],
		images: new Map(),
		seconds,
	};
}
