/**
 * How much text the steps of one Dockerfile may still hold together. BuildKit writes the whole environment into every
 * RUN, so that a small file can ask for more than there is memory. Lowering ends with a diagnostic where nothing is left.
 */
export interface TextBudget {
	left: number;
}

/** Characters; far more than the steps of any image that could be run. */
const MAX_TEXT = 256 * 1024 * 1024;

/** A value is escaped, encoded and copied several times before it is a key. */
const COPIES = 8;

/** The budget of one lowering. */
export function textBudget(): TextBudget {
	return {left: MAX_TEXT};
}

/** Charges what variables made of a word; false where there is no more room for it. */
export function chargeGrowth(budget: TextBudget, word: string, expanded: string): boolean {
	const growth = Math.max(0, expanded.length - word.length);
	budget.left -= COPIES * growth;
	return budget.left >= 0 || growth === 0;
}
