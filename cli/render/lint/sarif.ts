import {pathToFileURL} from 'node:url';
import {type Diagnostic, groupOf, type LintedFile, lintRules, type Range} from '../../../planner/index.ts';
import {fingerprints} from './fingerprints.ts';
import type {LintReport} from './lint-report.ts';

const levels = {error: 'error', warning: 'warning', info: 'note'} as const;

/** Findings as SARIF 2.1.0, with the pages of the rules that found something. */
export function lintSarif({
	files,
	version,
	pageOfRule,
}: Omit<LintReport, 'failing'>): Readonly<Record<string, unknown>> {
	const names = [...new Set(files.flatMap(({findings}) => findings.map(({rule}) => rule)))].toSorted();
	return {
		$schema: 'https://json.schemastore.org/sarif-2.1.0.json',
		version: '2.1.0',
		runs: [
			{
				tool: {
					driver: {
						name: 'cachecast',
						semanticVersion: version,
						rules: names.map(name => descriptor(name, pageOfRule(name))),
					},
				},
				columnKind: 'utf16CodeUnits',
				artifacts: files.map(({source}) => ({location: locationOf(source.path)})),
				results: files.flatMap((file, index) => resultsOf(file, index, names)),
			},
		],
	};
}

function descriptor(name: string, page: string | undefined): Readonly<Record<string, unknown>> {
	const rule = lintRules.find(one => one.name === name);
	return {
		id: name,
		...(rule !== undefined && {
			shortDescription: {text: rule.summary},
			defaultConfiguration: {level: levels[rule.severity]},
			properties: {tags: [groupOf(rule)]},
		}),
		...(page !== undefined && {help: {text: page, markdown: page}}),
	};
}

function resultsOf(file: LintedFile, artifact: number, names: readonly string[]): readonly unknown[] {
	const prints = fingerprints(file);
	return file.findings.map((finding, index) => {
		const {rule, severity, message, hint, range, notes = []} = finding;
		return {
			ruleId: rule,
			ruleIndex: names.indexOf(rule),
			level: levels[severity],
			message: {text: hint === undefined ? message : `${message}\n${hint}`},
			locations: [placeOf(finding, range, artifact)],
			...(notes.length > 0 && {
				relatedLocations: notes.map((note, id) => ({
					id,
					message: {text: note.message},
					...placeOf(finding, note.range, artifact),
				})),
			}),
			partialFingerprints: {'cachecast/v1': prints[index]},
		};
	});
}

function placeOf({file}: Diagnostic, {start, end}: Range, artifact: number): Readonly<Record<string, unknown>> {
	return {
		physicalLocation: {
			artifactLocation: {...locationOf(file), index: artifact},
			region: {startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column},
		},
	};
}

// A path that is relative is below the root of the source, whatever that is to the reader.
function locationOf(file: string): Readonly<Record<string, string>> {
	return /^(?:\/|[A-Za-z]:[\\/])/.test(file)
		? {uri: pathToFileURL(file).href}
		: {uri: file.split(/[\\/]/).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%'};
}
