import type {Span} from './logical-line.ts';
import type {Mistake} from './mistake.ts';
import {mistake} from './mistake.ts';
import {quote} from './quote.ts';
import {parseWords, part, splitAtBlanks} from './words.ts';

/** `NAME=value`, or the old `NAME value` which has no delimiter. */
export interface NameValueSpan extends Span {
	readonly name: string;
	readonly value: string;
	readonly noDelimiter: boolean;
}

/**
 * The pairs of ENV and LABEL. Without `=` in the first word all that follows it is one value
 * (BuildKit parser/line_parsers.go parseNameVal).
 */
export function parseNameValues(
	rest: Span,
	line: string,
	keyword: string,
	escape: '\\' | '`',
): readonly NameValueSpan[] | Mistake {
	const words = parseWords(rest, line, escape);
	const [first] = words;
	if (first === undefined) {
		return [];
	}

	if (!first.text.includes('=')) {
		const halves = splitAtBlanks(rest);
		if (halves === undefined) {
			return mistake(rest, `${keyword} ${quote(rest.text)} has no value`, `write "${keyword} NAME=value"`);
		}

		const [name, value] = halves;
		return [{...rest, name: name.text, value: value.text, noDelimiter: true}];
	}

	const pairs: NameValueSpan[] = [];
	for (const word of words) {
		const equals = word.text.indexOf('=');
		if (equals === -1) {
			return mistake(
				word,
				`${keyword} has ${quote(word.text)} without "="`,
				'write "name=value", with quotes around blanks',
			);
		}

		pairs.push({...word, name: word.text.slice(0, equals), value: word.text.slice(equals + 1), noDelimiter: false});
	}

	return pairs;
}

/** The name and the value of an ARG, which may stand without one. */
export function splitDeclaration(word: Span): {readonly name: Span; readonly value: Span | undefined} {
	const equals = word.text.indexOf('=');
	return equals === -1
		? {name: word, value: undefined}
		: {name: part(word, 0, equals), value: part(word, equals + 1, word.text.length)};
}
