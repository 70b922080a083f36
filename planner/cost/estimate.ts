import type {StepHistory} from '../ledger/ledger.ts';

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
	const sorted = [...(history?.seconds ?? [])].sort((a, b) => a - b);
	const [least, most] = [sorted[0], sorted.at(-1)];
	if (least === undefined || most === undefined) {
		return undefined;
	}

	const [lower = least, upper = most] = [
		sorted[Math.floor((sorted.length - 1) / 2)],
		sorted[Math.floor(sorted.length / 2)],
	];
	return {seconds: (lower + upper) / 2, least, most, runs: sorted.length};
}
