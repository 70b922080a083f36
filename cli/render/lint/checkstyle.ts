import type {LintedFile} from '../../../planner/index.ts';
import {xmlAttributes} from './xml.ts';

/** Findings as Checkstyle's XML. */
export function lintCheckstyle(files: readonly LintedFile[]): string {
	return [
		'<?xml version="1.0" encoding="utf-8"?>',
		'<checkstyle version="4.3">',
		...files.flatMap(({source, findings}) => [
			`\t<file${xmlAttributes({name: source.path})}>`,
			...findings.map(({range: {start}, severity, message, rule}) => {
				const place = {line: start.line, column: start.column};
				return `\t\t<error${xmlAttributes({...place, severity, message, source: `cachecast.${rule}`})}/>`;
			}),
			'\t</file>',
		]),
		'</checkstyle>',
		'',
	].join('\n');
}
