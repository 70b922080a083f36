import type {LintedFile} from '../../../planner/index.ts';
import {fingerprints} from './fingerprints.ts';

const severities = {error: 'major', warning: 'minor', info: 'info'} as const;

/** Findings as a Code Quality report of GitLab: one object each, in one list. */
export function lintGitlab(files: readonly LintedFile[]): readonly Readonly<Record<string, unknown>>[] {
	return files.flatMap(file => {
		const prints = fingerprints(file);
		return file.findings.map(({rule, severity, message, range}, index) => ({
			description: message,
			check_name: rule,
			fingerprint: prints[index],
			severity: severities[severity],
			// GitLab finds a file by its path in the repository, without a dot in front.
			location: {
				path: file.source.path.replace(/^(?:\.\/)+/, ''),
				lines: {begin: range.start.line, end: range.end.line},
			},
		}));
	});
}
