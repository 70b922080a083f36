import type {Diagnostic, DiagnosticNote} from './diagnostic.ts';
import {directiveReader, narrowToValue} from './directives.ts';
import {type Heredocs, type HeredocWord, parseHeredocWords} from './heredoc.ts';
import type {Directive} from './instruction.ts';
import {type JoinedLine, joinLines} from './join-lines.ts';
import type {LogicalLine} from './logical-line.ts';
import {diagnose, isMistake, mistake, syntaxError} from './mistake.ts';
import {mayHaveHeredocs, type Node, readStatement} from './node.ts';
import {type LineReader, MAX_LINE_BYTES, type PhysicalLine, readLines} from './physical-line.ts';
import {quote} from './quote.ts';
import {readHeredocs} from './read-heredocs.ts';
import type {Range, SourceFile} from './source.ts';
import {skipSpace, trimSpace} from './white-space.ts';

/** The instructions of a file, cut up; or the first thing that cannot be read. */
export type ScanResult =
	| {
			readonly kind: 'scanned';
			readonly nodes: readonly Node[];
			readonly escape: '\\' | '`';
			readonly escapeDirective?: Directive;
			readonly warnings: readonly Diagnostic[];
	  }
	| {readonly kind: 'failed'; readonly diagnostic: Diagnostic};

/** Cuts a file into instructions and their heredocs (BuildKit parser/parser.go Parse). `source` has no byte order mark. */
export function scan(source: SourceFile, heredocs: Heredocs = 'read'): ScanResult {
	const {text} = source;
	const reader = readLines(text);
	const readDirective = directiveReader('#');
	const nodes: Node[] = [];
	const warnings: Diagnostic[] = [];
	const directives = new Map<Directive['name'], Range>();
	let escapeDirective: Directive | undefined;
	let comments: string[] = [];
	for (let first = reader.next(); first !== undefined; first = reader.next()) {
		const start = skipSpace(text, first.start, first.end);
		const read = readDirective(text.slice(start, first.end));
		if (read.kind === 'repeated') {
			const {name} = read;
			const earlier = directives.get(name);
			const notes = earlier === undefined ? [] : [{message: 'first given here', range: earlier}];
			return fail(
				source,
				lineRange(first, start),
				`directive ${quote(name)} is given twice`,
				'keep one of them',
				notes,
			);
		}

		if (read.kind === 'directive') {
			const {name, value} = read.directive;
			const range = lineRange(first, start);
			directives.set(name, range);
			if (name === 'escape') {
				if (value !== '\\' && value !== '`') {
					const hint = 'the escape character is a backslash or a backtick';
					const place = narrowToValue(text.slice(first.start, first.end), range, value);
					return fail(source, place, `invalid escape character ${quote(value)}`, hint);
				}

				escapeDirective = {name, value, range};
			}

			continue;
		}

		if (text[start] === '#') {
			addComment(comments, text.slice(first.start + 1, first.end));
			continue;
		}

		const escape = escapeDirective?.value === '`' ? '`' : '\\';
		const joined = joinLines(text, first, reader, escape);
		if (reader.tooLong() !== undefined) {
			break;
		}

		if (joined === undefined) {
			continue;
		}

		const node = readNode(source, joined, reader, escape, comments, heredocs);
		if (reader.tooLong() !== undefined) {
			break;
		}

		if (node.kind === 'failed') {
			return node;
		}

		warnings.push(...emptyContinuation(source, joined));
		nodes.push(node.node);
		comments = [];
	}

	const tooLong = reader.tooLong();
	if (tooLong !== undefined) {
		return fail(source, lineRange(tooLong, tooLong.start), `the line is longer than ${MAX_LINE_BYTES} bytes`);
	}

	const escape = escapeDirective?.value === '`' ? '`' : '\\';
	const scanned = {kind: 'scanned', nodes, escape, warnings} as const;
	return escapeDirective === undefined ? scanned : {...scanned, escapeDirective};
}

type NodeResult =
	| {readonly kind: 'read'; readonly node: Node}
	| {readonly kind: 'failed'; readonly diagnostic: Diagnostic};

function readNode(
	source: SourceFile,
	{line}: JoinedLine,
	reader: LineReader,
	escape: '\\' | '`',
	comments: readonly string[],
	known: Heredocs,
): NodeResult {
	const statement = readStatement(line.text, escape);
	if (isMistake(statement)) {
		return {kind: 'failed', diagnostic: diagnose(source, line, statement)};
	}

	const node = {source, statement, line, original: line.text, heredocs: [], comments, knowsHeredocs: known !== 'none'};
	if (known !== 'read' || !mayHaveHeredocs(statement)) {
		return {kind: 'read', node};
	}

	const words = parseHeredocWords(line.text);
	if (words.kind === 'failed') {
		return {kind: 'failed', diagnostic: diagnose(source, line, mistake(statement.rest, words.message))};
	}

	const bodies = readHeredocs(source.text, words.heredocs, reader);
	if (bodies.kind === 'unterminated') {
		return {kind: 'failed', diagnostic: unterminated(source, line, bodies.heredoc)};
	}

	const {heredocs, last} = bodies;
	return {kind: 'read', node: {...node, line: last === undefined ? line : endAt(line, last), heredocs}};
}

function endAt(line: LogicalLine, last: PhysicalLine): LogicalLine {
	return {...line, endLine: last.number, endColumn: last.end - last.start + 1};
}

/** A comment line is kept for the instruction below it; an empty one forgets those above. */
function addComment(comments: string[], text: string): void {
	const comment = trimSpace(text);
	if (comment === '') {
		comments.length = 0;
	} else {
		comments.push(comment);
	}
}

function unterminated(source: SourceFile, line: LogicalLine, heredoc: HeredocWord): Diagnostic {
	const {name} = heredoc;
	const words = Array.from(line.text.matchAll(/(?<!\d)\d*<<-?[\t\r ]*[^\s<]*/g));
	const word = words.find(([text]) => text.includes(name)) ?? words[0];
	const start = word?.index ?? 0;
	const place = {start, end: start + (word?.[0].length ?? line.text.length)};
	const hint = `end it with a line that holds only ${quote(name)}`;
	const error = diagnose(source, line, mistake(place, `unterminated heredoc ${quote(name)}`, hint));
	const meant = meantEnd(source, line, heredoc);
	return meant === undefined ? error : {...error, notes: [meant]};
}

/** The line that was probably meant to end a heredoc: its name, but with blanks or signs around it. */
function meantEnd({text}: SourceFile, {endLine}: LogicalLine, {name, chomp}: HeredocWord): DiagnosticNote | undefined {
	for (const [index, full] of text.split('\n').entries()) {
		const line = full.replace(/\r+$/, '');
		const start = skipSpace(line, 0);
		if (index < endLine || !line.startsWith(name, start) || /\w/.test(line.slice(start + name.length))) {
			continue;
		}

		const isIndented = !chomp && line === `${'\t'.repeat(start)}${name}`;
		const range = {start: {line: index + 1, column: 1}, end: {line: index + 1, column: line.length + 1}};
		const message = `this line holds more than ${quote(name)}`;
		return {message: isIndented ? `${message}: only "<<-" allows tabs before it` : message, range};
	}

	return undefined;
}

/** BuildKit warns of each instruction that has empty lines inside; its place is the instruction's last line. */
function emptyContinuation(source: SourceFile, {line, emptyLines}: JoinedLine): readonly Diagnostic[] {
	const [first] = emptyLines;
	if (first === undefined) {
		return [];
	}

	const end = {line: line.endLine, column: line.endColumn};
	return [
		{
			rule: 'NoEmptyContinuation',
			severity: 'warning',
			message: 'Empty continuation line',
			file: source.path,
			range: lineRange(first, first.start),
			hint: 'remove the empty line, or make it a comment',
			notes: [{message: 'the instruction ends here', range: {start: {...end, column: 1}, end}}],
		},
	];
}

function lineRange({number, start, end}: PhysicalLine, from: number): Range {
	return {start: {line: number, column: from - start + 1}, end: {line: number, column: end - start + 1}};
}

function fail(
	source: SourceFile,
	range: Range,
	message: string,
	hint?: string,
	notes: readonly DiagnosticNote[] = [],
): ScanResult {
	const error = syntaxError(source, range, message, hint);
	return {kind: 'failed', diagnostic: notes.length === 0 ? error : {...error, notes}};
}
