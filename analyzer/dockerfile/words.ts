import type {Span} from './logical-line.ts';
import {spanOf} from './split-command.ts';
import {isSpaceAt, skipSpace} from './white-space.ts';

/**
 * Words with their quotes and escapes still in them; white space inside quotes or behind the escape character does not
 * cut (BuildKit parser/line_parsers.go parseWords). A lone escape character at the end is dropped.
 */
export function parseWords(rest: Span, line: string, escape: '\\' | '`'): readonly Span[] {
	const words: Span[] = [];
	let at = skipSpace(line, rest.start, rest.end);
	while (at < rest.end) {
		const word = readWord(line, at, rest.end, escape);
		if (word.text !== '') {
			words.push(word);
		}

		at = skipSpace(line, Math.max(word.end, at + 1), rest.end);
	}

	return words;
}

function readWord(line: string, start: number, to: number, escape: '\\' | '`'): Span {
	let quote: string | undefined;
	let at = start;
	while (at < to && (quote !== undefined || !isSpaceAt(line, at))) {
		const char = line.charAt(at);
		// The escape character means nothing between single quotes.
		if (char === escape && quote !== "'") {
			if (at + 1 === to) {
				break;
			}

			at++;
		} else if (char === quote) {
			quote = undefined;
		} else if (quote === undefined && (char === '"' || char === "'")) {
			quote = char;
		}

		at++;
	}

	return spanOf(line, start, at);
}

const SEPARATORS = /[\t\v\f\r ]+/g;

/** The text cut at ASCII blanks; quotes mean nothing here (parseStringsWhitespaceDelimited). */
export function splitBlanks(rest: Span): readonly Span[] {
	if (rest.text === '') {
		return [];
	}

	const words: Span[] = [];
	let from = 0;
	for (const {0: blanks, index} of rest.text.matchAll(SEPARATORS)) {
		words.push(part(rest, from, index));
		from = index + blanks.length;
	}

	return [...words, part(rest, from, rest.text.length)];
}

/** The text cut in two at its first ASCII blanks; undefined without any. */
export function splitAtBlanks(rest: Span): readonly [Span, Span] | undefined {
	const blanks = /[\t\v\f\r ]+/.exec(rest.text);
	if (blanks === null) {
		return undefined;
	}

	return [part(rest, 0, blanks.index), part(rest, blanks.index + blanks[0].length, rest.text.length)];
}

/** A part of a span whose text is as written. */
export function part(span: Span, from: number, to: number): Span {
	return {text: span.text.slice(from, to), start: span.start + from, end: span.start + to};
}
