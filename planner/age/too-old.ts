import type {StageGraph} from '../../analyzer/index.ts';
import type {StepForecast} from '../forecast.ts';
import {ignoresCache} from '../ignores-cache.ts';
import {limitOf, type MaxAge} from './max-age.ts';
import type {OldStep} from './refresh.ts';

/**
 * The steps whose record is older than their stage may take. A record without a time counts as too old: a step that only
 * its key is known of (mode=min, inline) would else never be refreshed. WORKDIR is left out: no option of BuildKit makes
 * it run again, and what it makes does not age. What a cache that cannot be read holds stays unknown, whatever
 * its age.
 */
export function tooOld(
	forecasts: readonly StepForecast[],
	{stages}: StageGraph,
	{limits, now}: MaxAge,
): readonly OldStep[] {
	return forecasts.flatMap(({step, ages}) => {
		const limit = limitOf(stages[step.stage]?.name, limits);
		if (limit === undefined || !ignoresCache(step, true)) {
			return [];
		}

		const old = ages.filter(age => !(now - Date.parse(age ?? '') <= limit.ms));
		return old.length === 0
			? []
			: [
					{
						step: step.id,
						stage: step.stage,
						line: step.instruction.range.start.line,
						limit,
						untold: old.every(age => Number.isNaN(Date.parse(age ?? ''))),
					},
				];
	});
}
