/** A character as a reader sees it: where it stands in its text, and how many columns of a terminal it takes. */
export interface Cell {
	readonly text: string;
	/** UTF-16 offsets. */
	readonly start: number;
	readonly end: number;
	readonly width: number;
}

const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

// The scripts and symbols that Unicode calls wide (UAX #11); half-width forms of the same scripts are not.
const wide =
	/^(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** The characters of one line. A tab counts as one column: what it takes depends on where it stands. */
export function cellsOf(line: string): readonly Cell[] {
	return Array.from(segmenter.segment(line), ({segment, index}) => ({
		text: segment,
		start: index,
		end: index + segment.length,
		width: wide.test(segment) ? 2 : invisible.test(segment) ? 0 : 1,
	}));
}

/** A text that is safe to print: what could drive the terminal, turn the text round or hide in it is shown as U+FFFD. */
export function printable(text: string): string {
	return text.replace(/[^\P{Cc}\t]|[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, '\ufffd');
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
	return /^[\x20-\x7e]*$/.test(text) ? text.length : cellsOf(text).reduce((sum, {width}) => sum + width, 0);
}

/** A text cut to so many columns, with a sign where something was left out; safe to print. */
export function cutTo(text: string, columns: number): string {
	// No more than this can be shown: a text may be very long.
	const safe = printable(text.slice(0, columns * 4 + 4));
	if (widthOf(safe) <= columns && safe.length === text.length) {
		return safe;
	}

	let width = 1;
	const kept: string[] = [];
	for (const cell of cellsOf(safe)) {
		width += cell.width;
		if (width > columns) {
			break;
		}

		kept.push(cell.text);
	}

	return `${kept.join('').trimEnd()}…`;
}

/** A text with blanks behind it up to so many columns. */
export function padTo(text: string, columns: number): string {
	return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** How much room a text has. */
export interface Width {
	readonly columns: number;
	/** Lines that are longer are wrapped. */
	readonly wraps?: boolean;
}

/** A text in lines of at most so many columns, broken at blanks where there are any. */
export function wrapped(text: string, columns: number): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ').flatMap(one => pieces(one, columns))) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (line === '' || widthOf(longer) <= columns) {
			line = longer;
		} else {
			lines.push(line);
			line = word;
		}
	}

	return [...lines, line];
}

// A word that is longer than a line, as a path can be.
function pieces(word: string, columns: number): readonly string[] {
	if (widthOf(word) <= columns) {
		return [word];
	}

	const parts: string[] = [''];
	let width = 0;
	for (const cell of cellsOf(word)) {
		width += cell.width;
		if (width > columns && parts.at(-1) !== '') {
			parts.push('');
			width = cell.width;
		}

		parts[parts.length - 1] += cell.text;
	}

	return parts;
}

/** A text that stands under another one, so far from the left, each of its lines painted. */
export function hanging(
	text: string,
	indent: number,
	{columns, wraps}: Width,
	paint: (text: string) => string,
): string {
	const lines = wraps === true ? wrapped(text, Math.max(20, columns - indent)) : [text];
	return lines.map(line => `${' '.repeat(indent)}${paint(line)}`).join('\n');
}
