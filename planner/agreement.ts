import type {Actual} from './actual.ts';
import type {Outcome} from './found.ts';

/** How a forecast stood against what the engine did. */
export type Verdict =
	| 'right'
	/** A forecast hit ran: our worst mistake. */
	| 'false-hit'
	/** A forecast miss was cached, by what this builder had of its own. */
	| 'builder-cache'
	/** It was unknown, the step was never reached, or the engine does not say what became of it. */
	| 'undecided';

/** Compares one step's forecast with what happened to it. */
export function judge(forecast: Outcome, actual: Actual): Verdict {
	const isUnclear =
		actual.kind === 'not-reached' || actual.kind === 'running' || (actual.kind === 'ran' && actual.unclear);
	if (isUnclear || forecast === 'unknown' || forecast === 'none') {
		return 'undecided';
	}

	if (forecast === 'hit') {
		return actual.kind === 'cached' ? 'right' : 'false-hit';
	}

	return actual.kind === 'cached' ? 'builder-cache' : 'right';
}

/** Counts over a build; `decided` is what can be right or wrong. */
export interface Agreement {
	readonly right: number;
	readonly decided: number;
	readonly falseHits: number;
	readonly builderCache: number;
	readonly undecided: number;
}

/** Sums up verdicts. */
export function countVerdicts(verdicts: readonly Verdict[]): Agreement {
	const count = (verdict: Verdict) => verdicts.filter(one => one === verdict).length;
	const right = count('right');
	const falseHits = count('false-hit');
	return {
		right,
		decided: right + falseHits,
		falseHits,
		builderCache: count('builder-cache'),
		undecided: count('undecided'),
	};
}
