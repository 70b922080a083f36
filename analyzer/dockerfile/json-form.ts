import type {Span} from './logical-line.ts';
import type {Mistake} from './mistake.ts';
import {mistake} from './mistake.ts';
import {skipSpace} from './white-space.ts';

/**
 * The strings of a JSON array with their places; undefined when the text is no JSON array and so means itself. An array
 * of anything but strings is a mistake (BuildKit parser/line_parsers.go parseJSON).
 */
export function parseJsonForm(rest: Span): readonly Span[] | Mistake | undefined {
	if (rest.text[skipSpace(rest.text, 0)] !== '[') {
		return undefined;
	}

	let values: unknown;
	try {
		values = JSON.parse(rest.text);
	} catch {
		return undefined;
	}

	if (!Array.isArray(values) || !values.every(value => typeof value === 'string')) {
		return otherThanString(rest);
	}

	return placeStrings(rest, values);
}

/** Points at the first element that is no string; what is not an array itself begins and ends there. */
function otherThanString({text, start, end}: Span): Mistake {
	const message = 'a JSON array of an instruction may hold strings only';
	const found = /^\s*\[\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"\s*,\s*)*([^\s",[\]{}]+)/.exec(text);
	const element = found?.[1];
	if (found === null || element === undefined) {
		return mistake({start, end}, message);
	}

	const elementEnd = start + found[0].length;
	return mistake({start: elementEnd - element.length, end: elementEnd}, message, `put it in quotes: "${element}"`);
}

/** In an array of strings every quote outside an escape begins or ends one of them. */
function placeStrings(rest: Span, values: readonly string[]): readonly Span[] {
	const {text} = rest;
	let at = 0;
	return values.map(value => {
		const open = text.indexOf('"', at);
		at = open + 1;
		while (at < text.length && text[at] !== '"') {
			at += text[at] === '\\' ? 2 : 1;
		}

		at++;
		return {text: replaceLoneSurrogates(value), start: rest.start + open, end: rest.start + at};
	});
}

/** Go reads half a surrogate pair (`\ud800`) as U+FFFD. */
function replaceLoneSurrogates(text: string): string {
	return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
