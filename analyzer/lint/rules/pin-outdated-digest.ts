import type {GraphRule} from '../rule.ts';
import {usesWithFacts} from '../uses-with-facts.ts';

/** A pin does not move by itself: what its tag was given since, security fixes as well, is not in the build. */
export const pinOutdatedDigest: GraphRule = {
	kind: 'graph',
	name: 'pin/outdated-digest',
	severity: 'info',
	summary: 'Pins should be what their tag is now',
	dependsOn: 'registry',
	*check(input) {
		for (const {facts, range, notes} of usesWithFacts(input)) {
			if (facts.kind === 'served' && facts.moved !== undefined) {
				const {image, digest, days} = facts.moved;
				const age = days === undefined || days < 1 ? '' : `, ${days} day${days === 1 ? '' : 's'} newer than the pin`;
				yield {
					message: `"${image}" is another image by now${age}`,
					range,
					hint: `write ${image}@${digest}, or run cachecast pin --update`,
					...(notes.length > 0 && {notes}),
				};
			}
		}
	},
};
