import type {Position, Range} from '../../analyzer/dockerfile/source.ts';
import type {Diagnostic} from '../../analyzer/index.ts';

/** Every range in a value, however deep: a parsed file is a tree of plain data. */
export function rangesIn(value: unknown): readonly Range[] {
	const ranges: Range[] = [];
	const visit = (one: unknown): void => {
		if (typeof one !== 'object' || one === null) {
			return;
		}

		if (isRange(one)) {
			ranges.push(one);
		} else {
			Object.values(one).forEach(visit);
		}
	};
	visit(value);
	return ranges;
}

function isRange(value: object): value is Range {
	return 'start' in value && 'end' in value;
}

/** Tells what is wrong with a place in one text. */
export interface PlaceChecker {
	/** A sentence; undefined for a range that lies in the text. */
	range(range: Range): string | undefined;
	/** Each diagnostic says something, and about places that are there. */
	diagnostic(diagnostic: Diagnostic): string | undefined;
}

/** Checks places in `text`; lines are those of the text without its byte order mark. */
export function placeChecker(text: string): PlaceChecker {
	const lengths = text
		.replace(/^\ufeff/, '')
		.split('\n')
		.map(line => line.length);
	const isInside = ({line, column}: Position): boolean =>
		line >= 1 && line <= lengths.length && column >= 1 && column <= (lengths[line - 1] ?? 0) + 1;
	const rangeFault = (range: Range): string | undefined => {
		const {start, end} = range;
		if (start.line > end.line || (start.line === end.line && start.column > end.column)) {
			return `the range ${JSON.stringify(range)} ends before it starts`;
		}

		return isInside(start) && isInside(end) ? undefined : `the range ${JSON.stringify(range)} is outside of the text`;
	};

	return {
		range: rangeFault,
		diagnostic({message, hint, range, notes = []}) {
			const texts = [message, ...(hint === undefined ? [] : [hint]), ...notes.map(note => note.message)];
			if (texts.some(one => one.trim() === '')) {
				return `a diagnostic says nothing: ${JSON.stringify(texts)}`;
			}

			const fault = firstFault([range, ...notes.map(note => note.range)], rangeFault);
			return fault === undefined ? undefined : `${fault}: ${message}`;
		},
	};
}

/** The first thing that is wrong with one of several values. */
export function firstFault<Value>(
	values: readonly Value[],
	check: (value: Value) => string | undefined,
): string | undefined {
	for (const value of values) {
		const fault = check(value);
		if (fault !== undefined) {
			return fault;
		}
	}

	return undefined;
}
