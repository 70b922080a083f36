import {ignoreComments} from '../ignore-comments.ts';
import {unknownRules} from '../levels.ts';
import type {WaiverRule} from '../rule.ts';

/** A waiver with a misspelt rule waives nothing. */
export const waiverUnknownRule: WaiverRule = {
	kind: 'waivers',
	name: 'waiver/unknown-rule',
	severity: 'warning',
	summary: 'A waiver should name rules that exist',
	check: ({dockerfile, ruleNames}) =>
		ignoreComments(dockerfile)
			.flatMap(({by, rules}) => (by === 'cachecast' ? rules : []))
			.flatMap(({text, range}) => {
				const unknown = unknownRules(text, ruleNames);
				return unknown === undefined ? [] : [{...unknown, range}];
			}),
};
