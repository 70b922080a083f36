import type {LintedFile} from '../../../planner/index.ts';
import {renderDiagnostics} from '../diagnostics.ts';
import type {Style} from '../style.ts';

/** Findings with their source, file by file, and a last line that counts them. */
export function renderLint(files: readonly LintedFile[], style: Style): string {
	const found = files.filter(({findings}) => findings.length > 0);
	const blocks = found.map(({source, findings}) =>
		renderDiagnostics(findings, new Map([[source.path, source]]), style),
	);
	return [...blocks, `${closingLine(files, found)}\n`].join('\n');
}

/** `no findings in 3 files`, `2 findings in 1 file`, `2 findings in 1 of 3 files`. */
function closingLine(files: readonly LintedFile[], found: readonly LintedFile[]): string {
	const total = found.reduce((sum, {findings}) => sum + findings.length, 0);
	const places = found.length === 0 || found.length === files.length ? '' : `${found.length} of `;
	return `${total === 0 ? 'no findings' : plural(total, 'finding')} in ${places}${plural(files.length, 'file')}`;
}

function plural(count: number, word: string): string {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}
