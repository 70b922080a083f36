import {splitPort} from '../../keys/port.ts';
import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';
import {knownWords} from '../visit-words.ts';

/** BuildKit keeps protocols in lower case whatever is written (dockerfile2llb/convert_expose.go). */
export const exposeProtoCasing: GraphRule = {
	kind: 'graph',
	name: 'ExposeProtoCasing',
	severity: 'warning',
	summary: 'The protocol of EXPOSE should be in lower case',
	*check(input) {
		for (const visit of walkStages(input)) {
			for (const {text, range} of visit.instruction.kind === 'expose' ? visit.instruction.ports : []) {
				for (const word of knownWords(input, visit, text)) {
					const {protocol} = splitPort(word) ?? {protocol: ''};
					if (protocol !== protocol.toLowerCase()) {
						yield {
							message: `the protocol of "${word}" has capitals`,
							...placeOf(visit, range),
							hint: `write "${protocol.toLowerCase()}"`,
						};
					}
				}
			}
		}
	},
};
