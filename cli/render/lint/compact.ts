import type {LintedFile} from '../../../planner/index.ts';
import {printable} from '../columns.ts';

/** One line a finding, as editors and `grep` read it: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [RULE]`. */
export function renderCompact(files: readonly LintedFile[]): string {
	return files
		.flatMap(({findings}) => findings)
		.map(({file, range: {start}, severity, message, rule}) =>
			printable(`${file}:${start.line}:${start.column}: ${severity}: ${message} [${rule}]`).concat('\n'),
		)
		.join('');
}
