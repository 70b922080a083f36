import type {Diagnostic} from '../../planner/index.ts';
import type {PlanPlace} from './plan-json.ts';

/** The mistakes that a plan or a build stopped at, as data: printed in the place of its result. */
export function mistakesJson(
	schemaVersion: number,
	{dockerfile, context}: PlanPlace,
	diagnostics: readonly Diagnostic[],
): Readonly<Record<string, unknown>> {
	return {
		schemaVersion,
		dockerfile,
		context,
		diagnostics: diagnostics.map(diagnostic => ({file: diagnostic.file, ...diagnosticJson(diagnostic)})),
	};
}

/** One diagnostic as data, without its file. */
export function diagnosticJson({
	rule,
	severity,
	message,
	range,
	hint,
	notes = [],
}: Diagnostic): Readonly<Record<string, unknown>> {
	return {
		rule,
		severity,
		message,
		...placeJson(range),
		hint: hint ?? null,
		notes: notes.map(note => ({message: note.message, ...placeJson(note.range)})),
	};
}

function placeJson({start, end}: Diagnostic['range']): Readonly<Record<string, number>> {
	return {line: start.line, column: start.column, endLine: end.line, endColumn: end.column};
}
