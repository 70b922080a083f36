import type {Diagnostic} from './diagnostic.ts';
import type {LogicalLine} from './logical-line.ts';
import {rangeOf} from './logical-line.ts';
import type {Range, SourceFile} from './source.ts';

/** What is wrong in a logical line, and where in it. */
export interface Mistake {
	readonly kind: 'mistake';
	readonly message: string;
	readonly start: number;
	readonly end: number;
	readonly hint?: string;
	readonly notes?: readonly MistakeNote[];
}

/** Another place in the same logical line that belongs to a mistake. */
export interface MistakeNote {
	readonly message: string;
	readonly start: number;
	readonly end: number;
}

/** A mistake at `place`; the hint is left out when there is none. */
export function mistake(
	place: {readonly start: number; readonly end: number},
	message: string,
	hint?: string,
): Mistake {
	const {start, end} = place;
	return hint === undefined ? {kind: 'mistake', message, start, end} : {kind: 'mistake', message, start, end, hint};
}

/** Tells a mistake from any other value. */
export function isMistake(value: unknown): value is Mistake {
	return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'mistake';
}

/** An error of rule `syntax` at a range of the file. */
export function syntaxError(source: SourceFile, range: Range, message: string, hint?: string): Diagnostic {
	const error: Diagnostic = {rule: 'syntax', severity: 'error', message, file: source.path, range};
	return hint === undefined ? error : {...error, hint};
}

/** The diagnostic of a mistake in `line`. */
export function diagnose(source: SourceFile, line: LogicalLine, wrong: Mistake): Diagnostic {
	const error = syntaxError(source, rangeOf(line, wrong), wrong.message, wrong.hint);
	const notes = wrong.notes?.map(note => ({message: note.message, range: rangeOf(line, note)}));
	return notes === undefined ? error : {...error, notes};
}
