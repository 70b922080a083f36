import type {LogicalLine, Segment} from './logical-line.ts';
import type {LineReader, PhysicalLine} from './physical-line.ts';
import {skipSpace} from './white-space.ts';

/** An instruction's line, and the empty lines that were left out of it. */
export interface JoinedLine {
	readonly line: LogicalLine;
	readonly emptyLines: readonly PhysicalLine[];
}

/**
 * Joins `first` with the lines it is continued on. White space before the first line goes, before the others it stays;
 * comments and empty lines between them are left out (BuildKit parser/parser.go Parse). Undefined for a blank line.
 */
export function joinLines(
	text: string,
	first: PhysicalLine,
	reader: LineReader,
	escape: '\\' | '`',
): JoinedLine | undefined {
	const pieces: string[] = [];
	const segments: Segment[] = [];
	const emptyLines: PhysicalLine[] = [];
	let length = 0;
	const add = (line: PhysicalLine, start: number): boolean => {
		const {end, continued} = cutContinuation(text, start, line.end, escape);
		segments.push({at: length, line: line.number, column: start - line.start + 1});
		pieces.push(text.slice(start, end));
		length += end - start;
		return continued;
	};

	let last = first;
	let continued = add(first, skipSpace(text, first.start, first.end));
	if (!continued && length === 0) {
		return undefined;
	}

	for (
		let line = continued ? reader.next() : undefined;
		line !== undefined;
		line = continued ? reader.next() : undefined
	) {
		last = line;
		const start = skipSpace(text, line.start, line.end);
		if (text[start] === '#') {
			continue;
		}

		if (start === line.end) {
			emptyLines.push(line);
			continue;
		}

		continued = add(line, line.start);
	}

	return {
		line: {
			text: pieces.join(''),
			segments,
			startLine: first.number,
			endLine: last.number,
			endColumn: last.end - last.start + 1,
		},
		emptyLines,
	};
}

/**
 * The end of a line without its continuation character, which is an escape character at the end, but not behind another
 * one; blanks may follow it.
 */
function cutContinuation(
	text: string,
	start: number,
	lineEnd: number,
	escape: '\\' | '`',
): {readonly end: number; readonly continued: boolean} {
	let end = lineEnd;
	while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) {
		end--;
	}

	const isEscape = end > start && text[end - 1] === escape;
	if (isEscape && (end - 1 === start || text[end - 2] !== escape)) {
		return {end: end - 1, continued: true};
	}

	return {end: lineEnd, continued: false};
}
