/** BuildKit reads with a bufio.Scanner, whose longest token this is (parser/parser.go). */
export const MAX_LINE_BYTES = 65_535;

/** One line of the file, without its line ending. */
export interface PhysicalLine {
	/** From 1. */
	readonly number: number;
	/** Offsets into the file: of the first character, behind the last one before the line ending, and of the next line. */
	readonly start: number;
	readonly end: number;
	readonly next: number;
}

/** Hands out the lines of a text in order; a line that is too long ends them. */
export interface LineReader {
	/** The next line, or undefined at the end of the text and at a line that is too long. */
	next(): PhysicalLine | undefined;
	/** The line that was too long to be read, once `next` has met it. */
	tooLong(): PhysicalLine | undefined;
}

/** Reads lines as BuildKit does: only a line feed ends a line, carriage returns before it belong to the ending. */
export function readLines(text: string): LineReader {
	let offset = 0;
	let number = 0;
	let rejected: PhysicalLine | undefined;
	return {
		next() {
			if (rejected !== undefined || offset >= text.length) {
				return undefined;
			}

			const newline = text.indexOf('\n', offset);
			const contentEnd = newline === -1 ? text.length : newline;
			const start = offset;
			offset = newline === -1 ? text.length : newline + 1;
			number++;
			const line = {number, start, end: withoutReturns(text, start, contentEnd), next: offset};
			if (isTooLong(text, start, contentEnd)) {
				rejected = line;
				return undefined;
			}

			return line;
		},
		tooLong: () => rejected,
	};
}

function withoutReturns(text: string, start: number, contentEnd: number): number {
	let end = contentEnd;
	while (end > start && text[end - 1] === '\r') {
		end--;
	}

	return end;
}

/** The limit counts bytes of UTF-8; three are the most one UTF-16 unit can take. */
function isTooLong(text: string, start: number, end: number): boolean {
	const length = end - start;
	if (length * 3 <= MAX_LINE_BYTES) {
		return false;
	}

	return length > MAX_LINE_BYTES || Buffer.byteLength(text.slice(start, end)) > MAX_LINE_BYTES;
}
