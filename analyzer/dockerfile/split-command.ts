import type {Span} from './logical-line.ts';
import {skipSpace, trimEnd} from './white-space.ts';

/** An instruction cut into its keyword, its flags without their quotes, and the rest without white space around. */
export interface CommandParts {
	readonly keyword: Span;
	readonly flags: readonly Span[];
	readonly rest: Span;
}

const SEPARATOR = /[\t\v\f\r ]/;

/** Cuts `line` from `start` up to `end` (BuildKit parser/split_command.go). */
export function splitCommand(line: string, start: number, escape: '\\' | '`', end: number = line.length): CommandParts {
	const from = skipSpace(line, start, end);
	const to = trimEnd(line, from, end);
	let keywordEnd = from;
	while (keywordEnd < to && !SEPARATOR.test(line.charAt(keywordEnd))) {
		keywordEnd++;
	}

	let argumentsStart = keywordEnd;
	while (argumentsStart < to && SEPARATOR.test(line.charAt(argumentsStart))) {
		argumentsStart++;
	}

	const extracted = extractFlags(line, argumentsStart, to, escape);
	const {flags} = extracted;
	const restStart = skipSpace(line, extracted.end, to);
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

/** The words that begin with `--`, up to the first that does not or is nothing else. */
function extractFlags(line: string, start: number, to: number, escape: '\\' | '`'): ExtractedFlags {
	const flags: Span[] = [];
	let at = start;
	while (line.startsWith('--', at) && at + 1 < to) {
		const flag = readFlag(line, at, to, escape);
		at = flag.next;
		if (flag.text === '--') {
			break;
		}

		flags.push({text: flag.text, start: flag.start, end: flag.end});
		while (at < to && isAsciiSpace(line.charAt(at))) {
			at++;
		}
	}

	return {flags, end: at};
}

interface FlagWord extends Span {
	/** Where reading goes on. */
	readonly next: number;
}

/** One word up to white space outside quotes; quotes go, and so does the escape character, inside quotes too. */
function readFlag(line: string, start: number, to: number, escape: '\\' | '`'): FlagWord {
	let text = '';
	let quote: string | undefined;
	let at = start;
	while (at < to) {
		let char = charAt(line, at);
		if (quote === undefined && isAsciiSpace(char)) {
			break;
		}

		if (char === quote) {
			quote = undefined;
			at++;
			continue;
		}

		if (quote === undefined && (char === '"' || char === "'")) {
			quote = char;
			at++;
			continue;
		}

		const escaped = char === escape;
		if (escaped) {
			at++;
			char = at < to ? charAt(line, at) : '';
		}

		const bytes = asBytes(char);
		const cut = quote === undefined ? cutAtSpace(bytes, escaped ? 1 : 0) : bytes.length;
		text += bytes.slice(0, cut);
		if (cut < bytes.length) {
			return {text, start, end: at, next: at + char.length};
		}

		at += char.length;
	}

	return {text, start, end: Math.min(at, to), next: Math.min(at, to)};
}

/**
 * BuildKit reads flags byte by byte and takes every byte of UTF-8 for a character: `--from=ü` becomes `--from=Ã¼`.
 */
function asBytes(char: string): string {
	return char.length === 1 && char.charCodeAt(0) < 0x80 ? char : Buffer.from(char).toString('latin1');
}

/** Two bytes of longer characters are white space when each is looked at alone: `--from=à` ends before its last byte. */
function cutAtSpace(bytes: string, from: number): number {
	if (bytes.length === 1) {
		return 1;
	}

	const index = bytes.slice(from).search(/[\u0085\u00a0]/);
	return index === -1 ? bytes.length : from + index;
}

function charAt(line: string, index: number): string {
	return String.fromCodePoint(line.codePointAt(index) ?? 0);
}

function isAsciiSpace(char: string): boolean {
	return /[\t-\r ]/.test(char);
}
