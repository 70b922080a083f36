/** A piece of a script and where the text goes on behind it. */
export interface Piece {
	readonly text: string;
	readonly end: number;
}

/** `'…'` at `from`, without its quotes; one that is not closed goes on to the end. */
export function readSingleQuoted(text: string, from: number): Piece {
	const close = text.indexOf("'", from + 1);
	return close === -1
		? {text: text.slice(from + 1), end: text.length}
		: {text: text.slice(from + 1, close), end: close + 1};
}

/** `$name`, `${…}`, `$1` at `from`, as written; a lone `$` is itself. */
export function readExpansion(text: string, from: number): Piece {
	if (text[from + 1] === '{') {
		let depth = 0;
		for (let at = from + 1; at < text.length; at++) {
			if (text[at] === '{') {
				depth++;
			} else if (text[at] === '}' && --depth === 0) {
				return {text: text.slice(from, at + 1), end: at + 1};
			}
		}

		return {text: text.slice(from), end: text.length};
	}

	let end = from + 1;
	while (end < text.length && /\w/.test(text.charAt(end))) {
		end++;
	}

	return {text: text.slice(from, end), end};
}

/** The end of `$((…))` at `from`. */
export function skipArithmetic(text: string, from: number): number {
	let depth = 0;
	for (let at = from + 1; at < text.length; at++) {
		if (text[at] === '(') {
			depth++;
		} else if (text[at] === ')' && --depth === 0) {
			return at + 1;
		}
	}

	return text.length;
}
