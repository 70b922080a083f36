import type {BuiltStep} from '../built-steps.ts';
import {estimateOf} from './estimate.ts';

/** Estimates against what steps really took, of those that ran and had a history. */
export interface BuildCost {
	readonly steps: number;
	/** Seconds. */
	readonly estimated: number;
	readonly actual: number;
}

/** Compares estimates with what a build took; nothing where no step that ran had one. */
export function buildCost(steps: readonly BuiltStep[]): BuildCost | undefined {
	const pairs = steps.flatMap(({forecast, actual}) => {
		const estimate = estimateOf(forecast.history);
		return estimate === undefined || actual.kind !== 'ran' ? [] : [{estimate, actual}];
	});
	return pairs.length === 0
		? undefined
		: {
				steps: pairs.length,
				estimated: pairs.reduce((sum, {estimate}) => sum + estimate.seconds, 0),
				actual: pairs.reduce((sum, {actual}) => sum + actual.seconds, 0),
			};
}
