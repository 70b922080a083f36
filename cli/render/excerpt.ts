import type {Range, SourceFile} from '../../planner/index.ts';
import type {Style} from './style.ts';

/**
 * The line of a range with a squiggle below it:
 *
 *      7 | COPY --from=biulder /out /app
 *        |             ~~~~~~~
 *
 * A range over several lines is underlined to the end of its first. Tabs are kept, so that the squiggle stays in place.
 */
export function renderExcerpt({text}: SourceFile, range: Range, style: Style): string {
	const raw = text.split('\n')[range.start.line - 1]?.replace(/\r$/, '') ?? '';
	// A Dockerfile must not drive the terminal.
	const line = raw.replace(/[^\P{Cc}\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
	const number = String(range.start.line);
	const start = range.start.column - 1;
	const end = range.end.line === range.start.line ? range.end.column - 1 : line.length;
	const before = line.slice(0, start).replace(/[^\t]/g, ' ');
	const squiggle = '~'.repeat(Math.max(1, Math.min(end, line.length) - start));
	const gutter = ' '.repeat(number.length);
	return [
		`  ${style.dim(`${number} |`)} ${line}`.trimEnd(),
		`  ${style.dim(`${gutter} |`)} ${before}${style.error(squiggle)}`,
	].join('\n');
}
