import {ignoreComments} from '../ignore-comments.ts';
import type {FileRule} from '../rule.ts';

/** Who reads a waiver later must be able to tell whether it still holds. */
export const waiverNoReason: FileRule = {
	kind: 'file',
	name: 'waiver/no-reason',
	severity: 'info',
	summary: 'A waiver should have a reason',
	check: ({dockerfile}) =>
		ignoreComments(dockerfile)
			.filter(({by, reason}) => by === 'cachecast' && reason === '')
			.map(({range}) => ({
				message: 'the waiver has no reason',
				range,
				hint: 'write why behind the rules: # cachecast ignore=RULE REASON',
			})),
};
