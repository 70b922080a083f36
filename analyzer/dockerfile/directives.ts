import type {Directive} from './instruction.ts';
import {readLines} from './physical-line.ts';
import type {Range} from './source.ts';
import {skipSpace} from './white-space.ts';

const NAMES: readonly string[] = ['syntax', 'escape', 'check'] satisfies readonly Directive['name'][];

/** `name = value` behind the comment sign, as written apart from the case of the name. */
export interface DirectiveLine {
	readonly name: Directive['name'];
	readonly value: string;
}

/** What one line gave: a directive, one given twice, or the end of the directives. */
export type DirectiveRead =
	| {readonly kind: 'directive'; readonly directive: DirectiveLine}
	| {readonly kind: 'repeated'; readonly name: Directive['name']}
	| {readonly kind: 'none'};

/**
 * Reads the directives at the top of a file line by line: the first line that is none ends them, and so does a name
 * that is not known (BuildKit parser/directives.go). `comment` is the sign before a directive.
 */
export function directiveReader(comment: string): (line: string) => DirectiveRead {
	const seen = new Set<string>();
	let done = false;
	return line => {
		if (done) {
			return {kind: 'none'};
		}

		const directive = line.startsWith(comment) ? parseDirectiveLine(line.slice(comment.length)) : undefined;
		if (directive === undefined) {
			done = true;
			return {kind: 'none'};
		}

		if (seen.has(directive.name)) {
			return {kind: 'repeated', name: directive.name};
		}

		seen.add(directive.name);
		return {kind: 'directive', directive};
	};
}

/** Where `syntax` or `check` was given: the value, its first word, and the line from 1 (0 for the JSON form). */
export interface FoundDirective {
	readonly value: string;
	readonly firstWord: string;
	readonly line: number;
}

/** Finds a directive as BuildKit does before it parses: a first line `#!…` is skipped, an indented one is none. */
export function findDirective(name: Directive['name'], text: string, comment = '#'): FoundDirective | undefined {
	const read = directiveReader(comment);
	const lines = readLines(text);
	for (let line = lines.next(); line !== undefined; line = lines.next()) {
		const content = text.slice(line.start, line.end);
		if (line.number === 1 && content.startsWith('#!')) {
			continue;
		}

		const found = read(content);
		if (found.kind !== 'directive') {
			return undefined;
		}

		const {value} = found.directive;
		if (found.directive.name === name) {
			return {value, firstWord: value.split(' ', 1)[0] ?? '', line: line.number};
		}
	}

	return undefined;
}

/**
 * The frontend a file asks for: `# syntax=`, else `// syntax=`, else a JSON object with "syntax"
 * (BuildKit parser/directives.go DetectSyntax).
 */
export function detectSyntax(text: string): FoundDirective | undefined {
	return findDirective('syntax', text) ?? findDirective('syntax', text, '//') ?? syntaxOfJson(text);
}

function syntaxOfJson(text: string): FoundDirective | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && 'syntax' in value && typeof value.syntax === 'string') {
			return {value: value.syntax, firstWord: value.syntax, line: 0};
		}
	} catch {
		// Not JSON, so a Dockerfile like any other.
	}

	return undefined;
}

/** Narrows the range of a directive's line down to a piece of its value, where that stands there as written. */
export function narrowToValue(line: string, range: Range, piece: string): Range {
	const at = piece === '' ? -1 : line.indexOf(piece, line.indexOf('=') + 1);
	return at === -1
		? range
		: {start: {...range.start, column: at + 1}, end: {...range.end, column: at + piece.length + 1}};
}

/** `name = value` of a known name; only tabs, form feeds and blanks count as space around the parts. */
export function parseDirectiveLine(text: string): DirectiveLine | undefined {
	const body = text.slice(skipSpace(text, 0));
	const head = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/.exec(body);
	const name = head?.[1]?.toLowerCase();
	if (head === null || !isDirectiveName(name)) {
		return undefined;
	}

	const rest = body.slice(head[0].length);
	let start = 0;
	while (isBlank(rest[start])) {
		start++;
	}

	let end = rest.length;
	while (end > start && isBlank(rest[end - 1])) {
		end--;
	}

	// A value of blanks only is a single blank: the expression needs one character.
	const value = start < end ? rest.slice(start, end) : rest.slice(-1);
	return value === '' ? undefined : {name, value};
}

function isDirectiveName(name: string | undefined): name is Directive['name'] {
	return name !== undefined && NAMES.includes(name);
}

function isBlank(char: string | undefined): boolean {
	return char === ' ' || char === '\t' || char === '\r' || char === '\n' || char === '\f';
}
