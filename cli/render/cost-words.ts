import {bandwidthOf, estimateOf, type Moving, movingOf, type Plan, type StepForecast} from '../../planner/index.ts';
import {formatBytes, formatSeconds} from './amounts.ts';

/** `8.4 MB/s`. */
export function formatRate(rate: number): string {
	return `${formatBytes(rate)}/s`;
}

/** How long it takes to move bytes, as far as that was measured: `, about 12 s at 8.4 MB/s`. */
export function movingText(bytes: number, cost: Plan['cost'], direction: 'pull' | 'push'): string {
	const rate = bandwidthOf(cost?.rates, direction);
	return rate === undefined ? '' : `, about ${formatSeconds(bytes / rate)} at ${formatRate(rate)}`;
}

/** What a step takes and what its layer is, by what earlier builds measured; nothing where there is no history. */
export function stepCostText({history}: StepForecast, cost: Plan['cost']): string | undefined {
	if (history === undefined) {
		return undefined;
	}

	const estimate = estimateOf(history);
	const moving = movingOf(history, bandwidthOf(cost?.rates, 'pull'));
	const spread =
		estimate === undefined || estimate.runs < 2
			? ''
			: `, ${formatSeconds(estimate.least)} to ${formatSeconds(estimate.most)} in ${estimate.runs} runs`;
	const layer =
		history.bytes === undefined
			? []
			: [
					`its layer is ${formatBytes(history.bytes)}${moving === undefined ? ', no bandwidth measured yet' : `, ${formatSeconds(moving.seconds)} to pull`}`,
				];
	return [
		estimate === undefined ? 'no history of its runs' : `${formatSeconds(estimate.seconds)} to run${spread}`,
		...layer,
		...(moving?.pays === false ? ['caching it does not pay'] : []),
	].join('; ');
}

/** The steps of a plan whose layers take longer to pull than the steps take to run, the most wasteful first. */
export function unpaidSteps({
	stages,
	cost,
}: Plan): readonly {readonly forecast: StepForecast; readonly moving: Moving}[] {
	const rate = bandwidthOf(cost?.rates, 'pull');
	return stages
		.flatMap(({steps}) => steps)
		.flatMap(forecast => {
			const moving = movingOf(forecast.history, rate);
			return moving === undefined || moving.pays ? [] : [{forecast, moving}];
		})
		.sort((a, b) => b.moving.seconds - b.moving.running - (a.moving.seconds - a.moving.running));
}
