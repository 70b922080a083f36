import {createHash} from 'node:crypto';
import type {Diagnostic, LintedFile} from '../../../planner/index.ts';

/**
 * What tells a finding apart from one run to the next, in hexadecimal: its rule, its file and the text of its lines, so
 * that lines put in above change nothing. Of several that are alike each has its number in the file.
 */
export function fingerprints({source, findings}: LintedFile): readonly string[] {
	const lines = source.text.split('\n');
	const seen = new Map<string, number>();
	return findings.map(({rule, range}) => {
		const key = JSON.stringify([rule, source.path, textOf(lines, range)]);
		const count = seen.get(key) ?? 0;
		seen.set(key, count + 1);
		return createHash('sha256').update(`${key} ${count}`).digest('hex');
	});
}

function textOf(lines: readonly string[], {start, end}: Diagnostic['range']): string {
	return lines
		.slice(start.line - 1, end.line)
		.map(line => line.trim())
		.join('\n');
}
