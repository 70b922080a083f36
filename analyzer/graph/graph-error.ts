import type {Diagnostic, DiagnosticNote} from '../dockerfile/diagnostic.ts';
import type {Range, SourceFile} from '../dockerfile/source.ts';

/** An error of rule `graph`: the text is fine, but what it names is not there or cannot be. */
export function graphError(
	source: SourceFile,
	range: Range,
	message: string,
	more: {readonly hint?: string | undefined; readonly notes?: readonly DiagnosticNote[]} = {},
): Diagnostic {
	const {hint, notes} = more;
	return {
		rule: 'graph',
		severity: 'error',
		message,
		file: source.path,
		range,
		...(hint !== undefined && {hint}),
		...(notes !== undefined && {notes}),
	};
}
