import type {Span} from './logical-line.ts';
import {isSpaceAt, skipSpace, trimEnd} from './white-space.ts';

/** An instruction cut into its keyword, its flags without their quotes, and the rest without white space around. */
export interface CommandParts {
	readonly keyword: Span;
	readonly flags: readonly Span[];
	readonly rest: Span;
}

const SEPARATOR = /[\t\v\f\r ]/;

/** Cuts `line` from `start` on (BuildKit parser/split_command.go). */
export function splitCommand(line: string, start: number, escape: '\\' | '`'): CommandParts {
	const from = skipSpace(line, start);
	const to = trimEnd(line, from, line.length);
	let keywordEnd = from;
	while (keywordEnd < to && !SEPARATOR.test(line.charAt(keywordEnd))) {
		keywordEnd++;
	}

	let argumentsStart = keywordEnd;
	while (argumentsStart < to && SEPARATOR.test(line.charAt(argumentsStart))) {
		argumentsStart++;
	}

	const {flags, end} = extractFlags(line, argumentsStart, to, escape);
	const restStart = skipSpace(line, end, to);
	return {
		keyword: spanOf(line, from, keywordEnd),
		flags,
		rest: spanOf(line, restStart, to),
	};
}

/** A span whose text is what stands there. */
export function spanOf(line: string, start: number, end: number): Span {
	return {text: line.slice(start, end), start, end};
}

interface ExtractedFlags {
	readonly flags: readonly Span[];
	/** Where the flags end and the other arguments begin. */
	readonly end: number;
}

/**
 * BuildKit reads flags byte by byte and takes every byte for a character, so `--from=ü` becomes `--from=Ã¼`. Seen as
 * bytes the flags are right; their places are then counted back.
 */
function extractFlags(line: string, start: number, to: number, escape: '\\' | '`'): ExtractedFlags {
	const text = line.slice(start, to);
	if (!text.startsWith('--')) {
		return {flags: [], end: start};
	}

	const bytes = Buffer.from(text);
	if (bytes.length === text.length) {
		return readFlags(line, start, to, escape);
	}

	const {flags, end} = readFlags(bytes.toString('latin1'), 0, bytes.length, escape);
	const place = (offset: number): number => start + bytes.toString('utf8', 0, offset).length;
	return {
		flags: flags.map(flag => ({text: flag.text, start: place(flag.start), end: place(flag.end)})),
		end: place(end),
	};
}

function readFlags(line: string, start: number, to: number, escape: '\\' | '`'): ExtractedFlags {
	const flags: Span[] = [];
	let at = start;
	for (;;) {
		at = skipSpace(line, at, to);
		if (!line.startsWith('--', at) || at + 1 >= to) {
			return {flags, end: at};
		}

		const flag = readFlag(line, at, to, escape);
		at = flag.end;
		if (flag.text === '--') {
			return {flags, end: at};
		}

		flags.push(flag);
	}
}

/** One word up to white space outside quotes; quotes go, and so does the escape character, inside quotes too. */
function readFlag(line: string, start: number, to: number, escape: '\\' | '`'): Span {
	let text = '';
	let quote: string | undefined;
	let at = start;
	while (at < to && (quote !== undefined || !isSpaceAt(line, at))) {
		const char = line.charAt(at);
		if (char === quote) {
			quote = undefined;
		} else if (quote === undefined && (char === '"' || char === "'")) {
			quote = char;
		} else if (char === escape) {
			at++;
			text += at < to ? line.charAt(at) : '';
		} else {
			text += char;
		}

		at++;
	}

	return {text, start, end: Math.min(at, to)};
}
