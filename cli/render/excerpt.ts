import type {Range, SourceFile} from '../../planner/index.ts';
import {type Cell, cellsOf, printable} from './columns.ts';
import type {Style} from './style.ts';

/** A longer line is cut to this many columns around the range. */
const MAX_COLUMNS = 100;

/** So many characters before and behind the start of the range are looked at: finding their limits takes quadratic time. */
const REACH = 1000;

/**
 * The line of a range with a squiggle below it:
 *
 *      7 | COPY --from=biulder /out /app
 *        |             ~~~~~~~
 *
 * A range over several lines is underlined to the end of its first. Tabs are kept, so that the squiggle stays in place.
 */
export function renderExcerpt(source: SourceFile, {start, end}: Range, style: Style): string {
	const line = lineOf(source, start.line);
	const skipped = Math.max(0, start.column - REACH);
	const cells = cellsOf(line.slice(skipped, start.column + REACH));
	const endOffset = (end.line === start.line ? end.column - 1 : line.length) - skipped;
	const from = countUntil(cells, cell => cell.end + skipped >= start.column);
	const to = Math.max(
		from + 1,
		countUntil(cells, cell => cell.start >= endOffset),
	);
	const shown = cut(cells, from, to);
	const squiggle = draw(shown.cells.slice(shown.from, shown.to), '~') || '~';
	const gutter = ' '.repeat(String(start.line).length);
	return [
		`  ${style.dim(`${start.line} |`)} ${shown.cells.map(({text}) => text).join('')}`.trimEnd(),
		`  ${style.dim(`${gutter} |`)} ${draw(shown.cells.slice(0, shown.from), ' ')}${style.error(squiggle)}`,
	].join('\n');
}

function lineOf({text}: SourceFile, number: number): string {
	const line = text.replace(/^\ufeff/, '').split('\n', number)[number - 1] ?? '';
	return printable(line.replace(/\r+$/, ''));
}

function countUntil(cells: readonly Cell[], isEnd: (cell: Cell) => boolean): number {
	const index = cells.findIndex(isEnd);
	return index === -1 ? cells.length : index;
}

interface Cut {
	readonly cells: readonly Cell[];
	/** Which of them are underlined. */
	readonly from: number;
	readonly to: number;
}

const ellipsis: Cell = {text: '…', start: 0, end: 0, width: 1};

// As much on the left of the range as on its right; of a range that does not fit, its begin.
function cut(cells: readonly Cell[], from: number, to: number): Cut {
	if (widthOf(cells) <= MAX_COLUMNS) {
		return {cells, from, to};
	}

	const room = MAX_COLUMNS - 2 * ellipsis.width;
	const side = Math.max(0, Math.floor((room - widthOf(cells.slice(from, to))) / 2));
	const first = from - countFitting(cells.slice(0, from).toReversed(), side);
	const last = first + countFitting(cells.slice(first), room);
	const before = first > 0 ? [ellipsis] : [];
	const after = last < cells.length ? [ellipsis] : [];
	const shift = before.length - first;
	return {
		cells: [...before, ...cells.slice(first, last), ...after],
		from: from + shift,
		to: Math.min(to, last) + shift,
	};
}

function countFitting(cells: readonly Cell[], room: number): number {
	let width = 0;
	return countUntil(cells, cell => {
		width += cell.width;
		return width > room;
	});
}

function widthOf(cells: readonly Cell[]): number {
	return cells.reduce((sum, {width}) => sum + width, 0);
}

function draw(cells: readonly Cell[], mark: string): string {
	return cells.map(({text, width}) => (text === '\t' ? text : mark.repeat(width))).join('');
}
