import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Word} from '../dockerfile/source.ts';
import {type IgnoreComment, ignoreComments} from './ignore-comments.ts';
import {meansRule} from './levels.ts';
import type {Finding, Rule} from './rule.ts';

/** What the ignore comments of a file make of its findings. */
export interface CommentWaivers {
	/** Whether a comment waives a finding; that it did is remembered. */
	waives(rule: Rule, finding: Finding): boolean;
	/** The names in comments of ours that waived nothing although all they mean was looked for, and nothing was open. */
	unused(wasJudged: (rule: Rule) => boolean, rules: readonly Rule[]): readonly Word[];
}

/** Reads the comments `# cachecast ignore=` and `# hadolint ignore=`. */
export function commentWaivers(dockerfile: Dockerfile): CommentWaivers {
	const comments = ignoreComments(dockerfile);
	const used = new Set<Word>();
	return {
		waives({name}, {range, waivedAt = range}) {
			const words = comments
				.filter(comment => covers(comment, waivedAt.start.line))
				.flatMap(({rules}) => rules.filter(({text}) => meansRule(text, name)));
			for (const word of words) {
				used.add(word);
			}

			return words.length > 0;
		},
		unused(wasJudged, rules) {
			return comments
				.filter(({by}) => by === 'cachecast')
				.flatMap(comment => comment.rules)
				.filter(word => {
					const meant = rules.filter(({name}) => meansRule(word.text, name));
					return !used.has(word) && meant.length > 0 && meant.every(wasJudged);
				});
		},
	};
}

function covers({lines}: IgnoreComment, line: number): boolean {
	return lines === undefined || (lines.first <= line && line <= lines.last);
}
