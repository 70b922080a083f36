import type {LintedFile} from '../../../planner/index.ts';
import {markdownText} from '../markdown-escape.ts';

const maxRows = 50;

/** Findings as Markdown: a line that sums up, and a table. */
export function lintMarkdown(files: readonly LintedFile[]): string {
	const findings = files.flatMap(one => one.findings);
	const rows = findings.map(
		({file, range, severity, rule, message}) =>
			`| ${markdownText(`${file}:${range.start.line}`)} | ${severity} | ${markdownText(rule)} | ${markdownText(message)} |`,
	);
	const title = `**cachecast lint**: ${findings.length} finding${findings.length === 1 ? '' : 's'} in ${files.length} file${files.length === 1 ? '' : 's'}`;
	return [
		title,
		...(rows.length === 0 ? [] : ['', '| Place | Severity | Rule | Finding |', '| --- | --- | --- | --- |']),
		...rows.slice(0, maxRows),
		...(rows.length > maxRows ? ['', `… and ${rows.length - maxRows} more.`] : []),
		'',
	].join('\n');
}
