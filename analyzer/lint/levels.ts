import type {Severity} from '../dockerfile/diagnostic.ts';
import {didYouMean} from '../dockerfile/suggest.ts';

/** How a rule counts: `off` does not run it. */
export type RuleLevel = Severity | 'off';

export const ruleLevels: readonly RuleLevel[] = ['off', 'info', 'warning', 'error'];

/** What is wanted of one rule or of several. */
export interface LevelSetting {
	/** A rule's name, `group/*`, or `*` for all; `buildkit/*` are those with BuildKit's names. */
	readonly rules: string;
	readonly level: RuleLevel;
}

/** The level of a rule: of the settings that name it the last one counts, else its own. */
export function levelOf(
	{name, severity}: {readonly name: string; readonly severity: Severity},
	settings: readonly LevelSetting[],
): RuleLevel {
	return settings.findLast(setting => meansRule(setting.rules, name))?.level ?? severity;
}

/** What is wrong with a setting's `rules`; nothing where it names a rule. */
export function unknownRules(
	text: string,
	known: readonly string[],
): {readonly message: string; readonly hint: string} | undefined {
	if (known.some(name => meansRule(text, name))) {
		return undefined;
	}

	const groups = new Set(known.map(name => `${groupPrefix(name)}*`));
	return {
		message: `there is no rule "${text}"`,
		hint: didYouMean(text, [...known, ...groups]) ?? '"cachecast lint --list" shows all rules',
	};
}

/** Whether a name, a group or `*` means a rule. */
export function meansRule(text: string, rule: string): boolean {
	return text === rule || text === '*' || text === `${groupPrefix(rule)}*`;
}

// BuildKit's names have no slash.
function groupPrefix(rule: string): string {
	return rule.includes('/') ? rule.slice(0, rule.indexOf('/') + 1) : 'buildkit/';
}
