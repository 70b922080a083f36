import {groupOf, type Rule} from '../../../planner/index.ts';
import {padTo} from '../columns.ts';
import type {Style} from '../style.ts';

/** All rules by group, one line each: name, severity, what should be. */
export function renderRules(rules: readonly Rule[], style: Style): string {
	const width = Math.max(...rules.map(({name}) => name.length));
	const line = ({name, severity, summary}: Rule) =>
		`  ${padTo(name, width)}  ${padTo(severity, 'warning'.length)}  ${style.dim(summary)}\n`;
	return [...new Set(rules.map(groupOf))]
		.toSorted()
		.map(group => [`${style.bold(group)}\n`, ...rules.filter(rule => groupOf(rule) === group).map(line)].join(''))
		.join('\n');
}
