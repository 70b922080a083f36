import type {CacheReading} from '../caches/cache-source.ts';
import {type PlanCost, planCost} from '../cost/plan-cost.ts';
import type {StepForecast} from '../forecast.ts';
import type {PreimageSource} from '../preimages/preimages-of.ts';
import {explained, notedSteps} from './explain.ts';

/** Adds to forecasts what the ledgers of caches know: what is different where a step misses, and what steps took. */
export function withLedgers(
	forecasts: readonly StepForecast[],
	plan: PreimageSource,
	readings: readonly CacheReading[],
): {readonly forecasts: readonly StepForecast[]; readonly cost?: PlanCost} {
	const caches = readings.filter(reading => reading.kind === 'found');
	const noted = notedSteps(plan, caches);
	if (noted.size === 0) {
		return {forecasts};
	}

	const all = explained(forecasts, plan, caches, noted).map((forecast): StepForecast => {
		const step = noted.get(forecast.step.id);
		return step === undefined
			? forecast
			: {...forecast, history: {seconds: step.seconds, ...(step.bytes !== undefined && {bytes: step.bytes})}};
	});
	const rates = caches.find(({ledger}) => ledger?.rates !== undefined)?.ledger?.rates;
	return {forecasts: all, cost: planCost(all, plan.keys, rates)};
}
