import {lintRules, pageOf, unknownRules} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {readPackageFile} from '../package-file.ts';
import {rulesJson} from '../render/lint/rules-json.ts';
import {renderRules} from '../render/lint/rules-text.ts';
import type {CommandContext} from './command-context.ts';

/** `lint --list`: every rule in one line, or as data. */
export function listRules(format: string, {streams, style}: CommandContext): number {
	streams.out(
		format === 'json' ? `${JSON.stringify(rulesJson(lintRules), undefined, '\t')}\n` : renderRules(lintRules, style),
	);
	return exitCode.ok;
}

/** `lint --explain RULE`: the page of a rule. */
export function explainRule(name: string, {streams, fail}: CommandContext): number {
	const page = pageOfRule(name);
	if (page === undefined) {
		const names = lintRules.map(one => one.name);
		return fail(unknownRules(name, names) ?? {message: `"${name}" is a group`, hint: 'name one rule'});
	}

	streams.out(page);
	return exitCode.ok;
}

/** The page of a rule, in Markdown; nothing for what is no rule. */
export function pageOfRule(name: string): string | undefined {
	const rule = lintRules.find(one => one.name === name);
	return rule === undefined ? undefined : readPackageFile(`analyzer/lint/rules/${pageOf(rule)}.md`);
}
