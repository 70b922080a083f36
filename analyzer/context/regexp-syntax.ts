import {parseClass, parseEscape, perlClass, unicodeClass} from './regexp-class.ts';
import {isValidRepeat, parseOperator, repeatTerm} from './regexp-repeat.ts';
import type {Term} from './regexp-term.ts';

/** The alternatives of an expression, each in parts that follow one another; undefined where Go refuses it. */
export function parseRegexp(expression: string): readonly (readonly Term[])[] | undefined {
	const chars = Array.from(expression);
	const choices: (readonly Term[])[] = [];
	for (let at = 0; at <= chars.length; at++) {
		const parsed = parseTerms(chars, at);
		if (parsed === undefined || chars[parsed.end] === ')') {
			return undefined;
		}

		choices.push(parsed.terms);
		at = parsed.end;
	}

	return choices;
}

interface ParsedTerms {
	readonly terms: readonly Term[];
	readonly end: number;
}

/** Up to the end, a bar or a closing parenthesis. */
function parseTerms(chars: readonly string[], start: number): ParsedTerms | undefined {
	const terms: Term[] = [];
	let at = start;
	let isRepeated = false;
	while (at < chars.length && chars[at] !== ')' && chars[at] !== '|') {
		const operator = parseOperator(chars, at);
		if (operator === undefined) {
			const atom = parseAtom(chars, at);
			if (atom === undefined) {
				return undefined;
			}

			// Quoted text may be longer than a call has arguments.
			for (const term of atom.terms) {
				terms.push(term);
			}

			at = atom.end;
			isRepeated = false;
			continue;
		}

		const term = terms.pop();
		// Go knows no operator behind an operator.
		if (term === undefined || isRepeated || !isValidRepeat(operator)) {
			return undefined;
		}

		terms.push(repeatTerm(term, operator));
		at = operator.end;
		isRepeated = true;
	}

	return {terms, end: at};
}

/** One thing an operator may follow, or the literal text between `\Q` and `\E`. */
function parseAtom(chars: readonly string[], at: number): ParsedTerms | undefined {
	const char = chars[at] ?? '';
	switch (char) {
		case '(': {
			const group = parseTerms(chars, at + 1);
			return group === undefined || chars[group.end] !== ')'
				? undefined
				: one({kind: 'group', terms: group.terms}, group.end + 1);
		}

		case '[': {
			const parsed = parseClass(chars, at);
			return parsed === undefined ? undefined : one({kind: 'char', matches: parsed.matches}, parsed.end);
		}

		case '.':
			return one({kind: 'char', matches: point => point !== NEWLINE}, at + 1);
		case '^':
			return one(atStart, at + 1);
		case '$':
			return one(atEnd, at + 1);
		case '\\':
			return parseBackslash(chars, at);
		default:
			return one(literal(char), at + 1);
	}
}

const NEWLINE = 0x0a;

const atStart: Term = {kind: 'assert', holds: before => before === undefined};
const atEnd: Term = {kind: 'assert', holds: (_, after) => after === undefined};
const atWordBoundary: Term = {kind: 'assert', holds: (before, after) => isWord(before) !== isWord(after)};
const notAtWordBoundary: Term = {kind: 'assert', holds: (before, after) => isWord(before) === isWord(after)};

function isWord(point: number | undefined): boolean {
	return point !== undefined && /\w/.test(String.fromCodePoint(point));
}

function parseBackslash(chars: readonly string[], at: number): ParsedTerms | undefined {
	switch (chars[at + 1]) {
		case 'A':
			return one(atStart, at + 2);
		case 'z':
			return one(atEnd, at + 2);
		case 'b':
			return one(atWordBoundary, at + 2);
		case 'B':
			return one(notAtWordBoundary, at + 2);
		case 'Q':
			return parseQuoted(chars, at + 2);
		default: {
			const matches = perlClass(chars, at);
			if (matches !== undefined) {
				return one({kind: 'char', matches}, at + 2);
			}

			const category = unicodeClass(chars, at);
			if (category === 'invalid') {
				return undefined;
			}

			if (category !== undefined) {
				return one({kind: 'char', matches: category.matches}, category.end);
			}

			const escape = parseEscape(chars, at);
			return escape === undefined ? undefined : one(literalPoint(escape.point), escape.end);
		}
	}
}

function parseQuoted(chars: readonly string[], start: number): ParsedTerms {
	let end = start;
	while (end < chars.length && !(chars[end] === '\\' && chars[end + 1] === 'E')) {
		end++;
	}

	return {terms: chars.slice(start, end).map(literal), end: Math.min(end + 2, chars.length)};
}

function one(term: Term, end: number): ParsedTerms {
	return {terms: [term], end};
}

function literal(char: string): Term {
	return literalPoint(char.codePointAt(0) ?? 0);
}

function literalPoint(wanted: number): Term {
	return {kind: 'char', matches: point => point === wanted};
}
