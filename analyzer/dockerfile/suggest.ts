/** As in BuildKit's util/suggest: two edits at most. */
const MAX_DISTANCE = 2;
/** Of more candidates only the first are looked at: a hint must not cost more than what it is for. */
const MAX_CANDIDATES = 200;

/**
 * The candidate closest to `word`, ignoring case, if it is at most two edits away; of several the first.
 * None for a word that is itself a candidate.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
	let best: string | undefined;
	let bestDistance = MAX_DISTANCE + 1;
	const lowerCased = word.toLowerCase();
	let count = 0;
	for (const candidate of candidates) {
		if (candidate === word) {
			return undefined;
		}

		if (++count > MAX_CANDIDATES) {
			break;
		}

		const distance = editDistance(lowerCased, candidate.toLowerCase());
		if (distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}

	return best;
}

/** `did you mean "x"?`, or nothing when no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
	const match = suggest(word, candidates);
	return match === undefined ? undefined : `did you mean "${match}"?`;
}

/** `did you mean "x"?`, or all there is to choose from: `use a, b or c`. */
export function chooseFrom(word: string, choices: readonly string[]): string {
	return didYouMean(word, choices) ?? `use ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/**
 * Insertions, deletions and replacements between two words (Levenshtein), or some number above the limit: only as far
 * from the diagonal as the limit allows is looked at, and no row further than one that is above it.
 */
function editDistance(from: string, to: string): number {
	const tooFar = MAX_DISTANCE + 1;
	if (Math.abs(from.length - to.length) > MAX_DISTANCE) {
		return tooFar;
	}

	// row[i]: the distance to the part of `to` that ends i - MAX_DISTANCE characters behind the row's own place.
	const width = 2 * MAX_DISTANCE + 1;
	let row = Array.from({length: width}, (_, index) => (index < MAX_DISTANCE ? tooFar : index - MAX_DISTANCE));
	for (let at = 1; at <= from.length; at++) {
		const next: number[] = [];
		for (let index = 0; index < width; index++) {
			const column = at + index - MAX_DISTANCE;
			if (column < 0 || column > to.length) {
				next.push(tooFar);
				continue;
			}

			const replaced = column === 0 ? tooFar : (row[index] ?? tooFar) + (from[at - 1] === to[column - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[index + 1] ?? tooFar) + 1, (next[index - 1] ?? tooFar) + 1));
		}

		if (next.every(distance => distance > MAX_DISTANCE)) {
			return tooFar;
		}

		row = next;
	}

	return row[to.length - from.length + MAX_DISTANCE] ?? tooFar;
}
