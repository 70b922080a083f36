import type {StepPreimage} from '../preimages/step-preimage.ts';

/** What a build noted beside a cache that it wrote: what the keys of its steps were made of, and what the steps cost. */
export interface Ledger {
	/** RFC 3339. */
	readonly writtenAt: string;
	readonly steps: readonly LedgerStep[];
	/** How fast builds moved layers; absent where none was measured. */
	readonly rates?: Rates;
}

/** One step as the build had it. Its marks are cut, so that no value can be told from them. */
export interface LedgerStep extends StepPreimage, StepHistory {
	/** What it came to in that build. */
	readonly last: 'cached' | 'ran';
	/** When its result was made (RFC 3339). */
	readonly ranAt?: string;
}

/** What runs of a step took. */
export interface StepHistory {
	/** Seconds of its last runs, the newest last; at most {@link mostDurations}. */
	readonly seconds: readonly number[];
	/** Compressed size of the layer it made. */
	readonly bytes?: number;
}

/** Bytes per second of the last builds that moved layers, the newest last; at most {@link mostDurations} each. */
export interface Rates {
	/** From caches and registries to the builder. */
	readonly pull: readonly number[];
	/** From the builder to caches. */
	readonly push: readonly number[];
}

/** How many runs of a step, or rates, are remembered. */
export const mostDurations = 10;

/** How many steps a ledger has; those beyond, in the order of the file, are left out. */
export const mostSteps = 5000;

/** How many files and folders a ledger knows; a step that reads others as well tells none of its own. */
export const mostFiles = 200_000;
