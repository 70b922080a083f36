import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';

/** Both are read alike, but the old form takes one pair, and all that follows for its value (BuildKit dockerfile2llb dispatchEnv, dispatchLabel). */
export const legacyKeyValueFormat: GraphRule = {
	kind: 'graph',
	name: 'LegacyKeyValueFormat',
	severity: 'warning',
	summary: 'ENV and LABEL should be written with "="',
	*check(input) {
		for (const visit of walkStages(input)) {
			const {instruction} = visit;
			if (instruction.kind !== 'env' && instruction.kind !== 'label') {
				continue;
			}

			const keyword = instruction.kind.toUpperCase();
			for (const {name, noDelimiter, range} of instruction.pairs) {
				if (noDelimiter) {
					yield {
						message: `${keyword} "${name}" is written in the old form without "="`,
						...placeOf(visit, range),
						hint: `write ${keyword} ${name}=value, with quotes around blanks`,
					};
				}
			}
		}
	},
};
