import type {Term} from './regexp-term.ts';

/** How often a term may stand: `*`, `?` or `{2,5}`. */
export interface RepeatOperator {
	readonly min: number;
	/** Infinity for no limit. */
	readonly max: number;
	readonly end: number;
}

/** Go's limit for the numbers in braces (regexp/syntax). */
const MAX_REPEAT = 1000;

/** The operator at `at`; braces that hold no numbers are themselves. */
export function parseOperator(chars: readonly string[], at: number): RepeatOperator | undefined {
	switch (chars[at]) {
		case '*':
			return {min: 0, max: Number.POSITIVE_INFINITY, end: at + 1};
		case '?':
			return {min: 0, max: 1, end: at + 1};
		case '{':
			return parseBraces(chars, at);
		default:
			return undefined;
	}
}

function parseBraces(chars: readonly string[], at: number): RepeatOperator | undefined {
	let close = at + 1;
	while (/^[0-9,]$/.test(chars[close] ?? '')) {
		close++;
	}

	const match = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}$/.exec(chars.slice(at, close + 1).join(''));
	if (match === null) {
		return undefined;
	}

	const [, min, comma, max] = match;
	const limit = comma === undefined ? min : (max ?? 'Infinity');
	return {min: Number(min), max: Number(limit), end: close + 1};
}

/** Whether Go takes the numbers of an operator. */
export function isValidRepeat({min, max}: RepeatOperator): boolean {
	return min <= MAX_REPEAT && (max === Number.POSITIVE_INFINITY || max <= MAX_REPEAT) && min <= max;
}

/** The term as often as the operator says. */
export function repeatTerm(term: Term, {min, max}: RepeatOperator): Term {
	const needed = Array.from({length: min}, () => term);
	if (max === Number.POSITIVE_INFINITY) {
		return group([...needed, {kind: 'repeat', term}]);
	}

	const allowed = Array.from({length: max - min}, (): Term => ({kind: 'optional', term}));
	return group([...needed, ...allowed]);
}

function group(terms: readonly Term[]): Term {
	const [only, second] = terms;
	return only !== undefined && second === undefined ? only : {kind: 'group', terms};
}
