/**
 * Whether the UTF-16 unit at `index` is white space to Go's unicode.IsSpace, which BuildKit trims with.
 * Unlike JavaScript's `\s` it counts U+0085 and leaves out U+FEFF.
 */
export function isSpaceAt(text: string, index: number): boolean {
	const code = text.charCodeAt(index);
	if (code < 0x80) {
		return code === 0x20 || (code >= 0x09 && code <= 0x0d);
	}

	return (
		code === 0x85 ||
		code === 0xa0 ||
		code === 0x1680 ||
		(code >= 0x2000 && code <= 0x200a) ||
		code === 0x2028 ||
		code === 0x2029 ||
		code === 0x202f ||
		code === 0x205f ||
		code === 0x3000
	);
}

/** The first index from `start` on that is not white space, at most `end`. */
export function skipSpace(text: string, start: number, end: number = text.length): number {
	let index = start;
	while (index < end && isSpaceAt(text, index)) {
		index++;
	}

	return index;
}

/** The end of `text[start, end)` without the white space at its end, at least `start`. */
export function trimEnd(text: string, start: number, end: number): number {
	let index = end;
	while (index > start && isSpaceAt(text, index - 1)) {
		index--;
	}

	return index;
}

/** Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
	const start = skipSpace(text, 0);
	return text.slice(start, trimEnd(text, start, text.length));
}
