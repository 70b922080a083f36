import type {StepHistory} from '../ledger/ledger.ts';
import {medianOf} from './median.ts';

/** What a step will take by what its last runs took, in seconds. */
export interface Estimate {
	/** The median. */
	readonly seconds: number;
	readonly least: number;
	readonly most: number;
	/** How many runs are known. */
	readonly runs: number;
}

/** An estimate from a step's history; nothing where it has none. */
export function estimateOf(history: StepHistory | undefined): Estimate | undefined {
	const values = history?.seconds ?? [];
	const seconds = medianOf(values);
	return seconds === undefined
		? undefined
		: {seconds, least: Math.min(...values), most: Math.max(...values), runs: values.length};
}
