import {fromWords} from '../from-words.ts';
import type {FileRule} from '../rule.ts';

/** TARGETPLATFORM is what FROM takes anyway (BuildKit dockerfile2llb/validations.go reportRedundantTargetPlatform). */
export const redundantTargetPlatform: FileRule = {
	kind: 'file',
	name: 'RedundantTargetPlatform',
	severity: 'warning',
	summary: 'FROM should not ask for $TARGETPLATFORM, its default',
	*check(input) {
		const {args, words} = fromWords(input);
		for (const {from, platform} of words) {
			if (
				from.platform !== undefined &&
				platform?.kind === 'expanded' &&
				platform.matched.size === 1 &&
				platform.matched.has('TARGETPLATFORM') &&
				platform.unmatched.size === 0 &&
				platform.text === args.get('TARGETPLATFORM')
			) {
				yield {
					message: `"${from.platform.text}" is the default platform of FROM`,
					range: from.platform.range,
					hint: 'leave --platform out',
				};
			}
		}
	},
};
