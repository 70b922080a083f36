import type {StepHistory} from '../ledger/ledger.ts';
import {estimateOf} from './estimate.ts';

/** What it takes to have a step's layer from a cache, beside making it anew. */
export interface Moving {
	/** Compressed bytes of the layer. */
	readonly bytes: number;
	/** Seconds to pull it. */
	readonly seconds: number;
	/** Seconds to run the step. */
	readonly running: number;
	/** Pulling takes less. */
	readonly pays: boolean;
}

/**
 * Whether a step's layer is pulled in less time than it is made in; `bandwidth` in bytes per second. Nothing where one of
 * the two was never measured. Of the step alone: what follows it can need its layer all the same.
 */
export function movingOf(history: StepHistory | undefined, bandwidth: number | undefined): Moving | undefined {
	const running = estimateOf(history)?.seconds;
	const bytes = history?.bytes;
	if (running === undefined || bytes === undefined || !bandwidth) {
		return undefined;
	}

	const seconds = bytes / bandwidth;
	return {bytes, seconds, running, pays: seconds <= running};
}
