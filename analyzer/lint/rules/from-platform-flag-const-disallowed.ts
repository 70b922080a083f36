import {parsePlatform} from '../../graph/platform.ts';
import {fromWords} from '../from-words.ts';
import type {FileRule} from '../rule.ts';

/** A stage named after the platform is meant so (BuildKit dockerfile2llb/validations.go reportConstPlatformDisallowed). */
export const fromPlatformFlagConstDisallowed: FileRule = {
	kind: 'file',
	name: 'FromPlatformFlagConstDisallowed',
	severity: 'warning',
	summary: 'FROM should not name a platform by a constant',
	*check(input) {
		for (const {from, platform} of fromWords(input).words) {
			if (from.platform === undefined || platform?.kind !== 'expanded') {
				continue;
			}

			const parsed = parsePlatform(platform.text, input.options.buildPlatform);
			const stage = from.name?.text.toLowerCase() ?? '';
			const isConstant = platform.matched.size === 0 && platform.unmatched.size === 0;
			if (isConstant && parsed !== undefined && !stage.includes(parsed.os) && !stage.includes(parsed.architecture)) {
				yield {
					message: `the platform "${platform.text}" is a constant, so the stage is built for no other`,
					range: from.platform.range,
					hint: `leave it to the flag --platform, use $BUILDPLATFORM, or name the stage after it: AS NAME_${parsed.architecture}`,
				};
			}
		}
	},
};
