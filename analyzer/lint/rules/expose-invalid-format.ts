import {splitPort} from '../../keys/port.ts';
import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';
import {knownWords} from '../visit-words.ts';

/** BuildKit passes address and host port over, and has announced to refuse them (dockerfile2llb/convert_expose.go). */
export const exposeInvalidFormat: GraphRule = {
	kind: 'graph',
	name: 'ExposeInvalidFormat',
	severity: 'warning',
	summary: 'EXPOSE should name ports of the container only',
	*check(input) {
		for (const visit of walkStages(input)) {
			for (const {text, range} of visit.instruction.kind === 'expose' ? visit.instruction.ports : []) {
				for (const word of knownWords(input, visit, text)) {
					const port = splitPort(word);
					if (port !== undefined && (port.ip !== '' || port.host !== '')) {
						yield {
							message: `"${word}" names an address or a port of the host`,
							...placeOf(visit, range),
							hint: `write "${port.container}", and publish it when the container is run: -p`,
						};
					}
				}
			}
		}
	},
};
