import type {Dialect} from '../analyzer/index.ts';
import type {DialectOutcome} from './cause.ts';
import type {StepForecast} from './forecast.ts';

/** The forecasts of all steps in one dialect. */
export interface DialectForecasts {
	readonly dialect: Dialect;
	readonly forecasts: readonly StepForecast[];
}

/** The forecasts of the first dialect; a step that another one decides otherwise is unknown. */
export function agreeing(first: DialectForecasts, others: readonly DialectForecasts[]): readonly StepForecast[] {
	return first.forecasts.map((own, at) => {
		const ages = [first, ...others].flatMap(({forecasts}) => forecasts[at]?.ages ?? []);
		const forecast = {...own, ages};
		const {outcome} = forecast;
		const all = [first, ...others].flatMap(({dialect, forecasts}): readonly DialectOutcome[] => {
			const other = forecasts[at]?.outcome;
			return other === undefined || other === 'none' ? [] : [{since: dialect.since, outcome: other}];
		});
		if (outcome === 'none' || outcome === 'unknown' || all.every(one => one.outcome === outcome)) {
			return forecast;
		}

		const {result: _, ...rest} = forecast;
		return {...rest, outcome: 'unknown', needed: true, skipped: false, cause: {kind: 'dialect', versions: all}};
	});
}
