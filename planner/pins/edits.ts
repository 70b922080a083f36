import type {Range} from '../../analyzer/index.ts';

/** One piece of a text, within a line, and what is put in its place. */
export interface Edit {
	readonly range: Range;
	readonly text: string;
}

/** A text with its edits made; they do not overlap. All else stays as it is. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
	const lines = text.split('\n');
	const fromTheEnd = edits.toSorted(
		({range: {start: a}}, {range: {start: b}}) => b.line - a.line || b.column - a.column,
	);
	for (const {
		range: {start, end},
		text: replacement,
	} of fromTheEnd) {
		const line = lines[start.line - 1] ?? '';
		lines[start.line - 1] = line.slice(0, start.column - 1) + replacement + line.slice(end.column - 1);
	}

	return lines.join('\n');
}
