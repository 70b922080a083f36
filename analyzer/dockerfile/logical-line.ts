import type {Position, Range} from './source.ts';

/** A run of a logical line that stands in one piece in the file. */
export interface Segment {
	/** Where it begins in the logical line. */
	readonly at: number;
	/** Where its first character stands in the file. */
	readonly line: number;
	readonly column: number;
}

/** Physical lines joined at their continuation characters, and where every character of it stands in the file. */
export interface LogicalLine {
	readonly text: string;
	readonly segments: readonly Segment[];
	/** First and last physical line, from 1; the last one grows when heredocs follow. */
	readonly startLine: number;
	readonly endLine: number;
	/** The column after the last character of `endLine`. */
	readonly endColumn: number;
}

/** A piece of a logical line: `text` may be unquoted, `start` and `end` are offsets into the line as written. */
export interface Span {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** Where the character at `offset` stands in the file. */
export function positionAt(line: LogicalLine, offset: number): Position {
	let low = 0;
	let high = line.segments.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((line.segments[middle]?.at ?? 0) <= offset) {
			low = middle;
		} else {
			high = middle - 1;
		}
	}

	const segment = line.segments[low];
	return segment === undefined
		? {line: line.startLine, column: 1}
		: {line: segment.line, column: segment.column + offset - segment.at};
}

/** The range of `[start, end)`; it ends behind its last character, not at the begin of the next physical line. */
export function rangeOf(line: LogicalLine, {start, end}: {readonly start: number; readonly end: number}): Range {
	const from = positionAt(line, start);
	if (end <= start) {
		return {start: from, end: from};
	}

	const last = positionAt(line, end - 1);
	return {start: from, end: {line: last.line, column: last.column + 1}};
}
