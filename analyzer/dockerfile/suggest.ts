/** As in BuildKit's util/suggest: two edits at most. */
const MAX_DISTANCE = 2;

/**
 * The candidate closest to `word`, ignoring case, if it is at most two edits away; of several the first.
 * None for a word that is itself a candidate.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
	if (candidates.includes(word)) {
		return undefined;
	}

	let best: string | undefined;
	let bestDistance = MAX_DISTANCE + 1;
	for (const candidate of candidates) {
		if (Math.abs(candidate.length - word.length) > MAX_DISTANCE) {
			continue;
		}

		const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
		if (distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}

	return best;
}

/** `did you mean "x"?`, or nothing when no candidate is close. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
	const match = suggest(word, candidates);
	return match === undefined ? undefined : `did you mean "${match}"?`;
}

/** `did you mean "x"?`, or all there is to choose from: `use a, b or c`. */
export function chooseFrom(word: string, choices: readonly string[]): string {
	return didYouMean(word, choices) ?? `use ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** Insertions, deletions and replacements between two words (Levenshtein). */
function editDistance(from: string, to: string): number {
	let previous = Array.from({length: to.length + 1}, (_, index) => index);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
			current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
		}

		previous = current;
	}

	return previous[to.length] ?? 0;
}
