import type {StepForecast} from './forecast.ts';

/** Forecasts under a frontend that is not BuildKit's: it may make anything of the file. */
export function unknownTo(image: string, forecasts: readonly StepForecast[]): readonly StepForecast[] {
	const reason = `what the frontend ${image} makes of the file is not known`;
	return forecasts.map(({result: _, ...forecast}) =>
		forecast.outcome === 'none'
			? forecast
			: {...forecast, outcome: 'unknown', needed: true, skipped: false, cause: {kind: 'undecided', reason}},
	);
}
