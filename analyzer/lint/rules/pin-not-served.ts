import type {GraphRule} from '../rule.ts';
import {usesWithFacts} from '../uses-with-facts.ts';

/** Registries delete images that no tag names any more: a pin to one of them builds only where it is cached. */
export const pinNotServed: GraphRule = {
	kind: 'graph',
	name: 'pin/not-served',
	severity: 'error',
	summary: 'Images should still be in their registry',
	dependsOn: 'registry',
	*check(input) {
		for (const {facts, reference, range, notes} of usesWithFacts(input)) {
			if (facts.kind === 'missing') {
				yield {
					message: `image "${reference}" is not in its registry`,
					range,
					...(reference.includes('@') && {hint: 'cachecast pin --update pins what its tag is now'}),
					...(notes.length > 0 && {notes}),
				};
			}
		}
	},
};
