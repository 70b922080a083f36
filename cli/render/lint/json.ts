import type {Diagnostic, LintedFile} from '../../../planner/index.ts';
import {diagnosticJson} from '../diagnostics-json.ts';

/** The version of lint's JSON; fields may be added within one version, none is removed or changed. */
export const lintSchemaVersion = 1;

/** Findings as data, as `cli/schemas/lint.schema.json` describes them. */
export function lintJson(files: readonly LintedFile[]): Readonly<Record<string, unknown>> {
	const all = files.flatMap(({findings}) => findings);
	const count = (severity: Diagnostic['severity']) => all.filter(finding => finding.severity === severity).length;
	return {
		schemaVersion: lintSchemaVersion,
		files: files.map(({source, findings, unchecked}) => ({
			file: source.path,
			findings: findings.map(finding => diagnosticJson(finding)),
			unchecked,
		})),
		summary: {errors: count('error'), warnings: count('warning'), infos: count('info')},
	};
}
