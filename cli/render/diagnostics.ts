import type {Diagnostic, SourceFile} from '../../planner/index.ts';
import {printable} from './columns.ts';
import {renderExcerpt} from './excerpt.ts';
import type {Style} from './style.ts';

/** Diagnostics as text: place, message and rule, then the source with a squiggle, notes and a hint. */
export function renderDiagnostics(
	diagnostics: readonly Diagnostic[],
	sources: ReadonlyMap<string, SourceFile>,
	style: Style,
): string {
	return diagnostics
		.map(diagnostic => `${renderDiagnostic(diagnostic, sources.get(diagnostic.file), style)}\n`)
		.join('\n');
}

function renderDiagnostic(diagnostic: Diagnostic, source: SourceFile | undefined, style: Style): string {
	const {range, severity, message, rule, hint, notes = []} = diagnostic;
	const file = printable(diagnostic.file);
	const mark = severity === 'error' ? style.error : severity === 'warning' ? style.warning : style.dim;
	const lines = [
		`${style.bold(`${file}:${range.start.line}:${range.start.column}`)} ${mark(severity)} ${printable(message)} ${style.dim(`[${rule}]`)}`,
	];
	if (source !== undefined) {
		lines.push(renderExcerpt(source, range, style));
	}

	for (const note of notes) {
		lines.push(
			`  ${style.bold(`${file}:${note.range.start.line}:${note.range.start.column}`)} ${printable(note.message)}`,
		);
		if (source !== undefined) {
			lines.push(renderExcerpt(source, note.range, style));
		}
	}

	if (hint !== undefined) {
		lines.push(`  ${style.dim('hint:')} ${printable(hint)}`);
	}

	return lines.join('\n');
}
