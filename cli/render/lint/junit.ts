import type {Diagnostic, LintedFile} from '../../../planner/index.ts';
import type {LintReport} from './lint-report.ts';
import {xmlAttributes, xmlText} from './xml.ts';

/** Findings as JUnit's XML: a suite a file, a failed case a finding; what does not make lint fail is said in its output. */
export function lintJunit({files, failing}: Pick<LintReport, 'files' | 'failing'>): string {
	const suites = files.map(file => {
		const isFailed = ({severity}: Diagnostic) => failing.includes(severity);
		const failures = file.findings.filter(isFailed).length;
		return {file, failures, tests: Math.max(1, file.findings.length), isFailed};
	});
	const sum = (key: 'tests' | 'failures') => suites.reduce((total, suite) => total + suite[key], 0);
	return [
		'<?xml version="1.0" encoding="utf-8"?>',
		`<testsuites${xmlAttributes({name: 'cachecast lint', tests: sum('tests'), failures: sum('failures')})}>`,
		...suites.flatMap(({file, tests, failures, isFailed}) => [
			`\t<testsuite${xmlAttributes({name: file.source.path, tests, failures})}>`,
			...casesOf(file, isFailed),
			'\t</testsuite>',
		]),
		'</testsuites>',
		'',
	].join('\n');
}

function casesOf({source, findings}: LintedFile, isFailed: (finding: Diagnostic) => boolean): readonly string[] {
	const classname = source.path;
	if (findings.length === 0) {
		return [`\t\t<testcase${xmlAttributes({classname, name: 'no findings'})}/>`];
	}

	return findings.flatMap(finding => {
		const {rule, message, hint, severity, range} = finding;
		const {line, column} = range.start;
		const said = `${source.path}:${line}:${column} ${severity} ${message}`;
		const text = xmlText(hint === undefined ? said : `${said} (${hint})`);
		return [
			`\t\t<testcase${xmlAttributes({classname, name: `${rule} ${line}:${column}`})}>`,
			isFailed(finding)
				? `\t\t\t<failure${xmlAttributes({type: severity, message})}>${text}</failure>`
				: `\t\t\t<system-out>${text}</system-out>`,
			'\t\t</testcase>',
		];
	});
}
