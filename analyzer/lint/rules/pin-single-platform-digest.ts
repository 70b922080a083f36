import type {GraphRule} from '../rule.ts';
import {usesWithFacts} from '../uses-with-facts.ts';

/** The digest of one platform's image gives every platform that image. */
export const pinSinglePlatformDigest: GraphRule = {
	kind: 'graph',
	name: 'pin/single-platform-digest',
	severity: 'error',
	summary: 'A build for several platforms should pin indexes, not one platform’s image',
	dependsOn: 'registry',
	*check(input) {
		for (const {facts, kind, reference, range, notes} of usesWithFacts(input)) {
			if (
				facts.kind === 'served' &&
				kind !== 'syntax' &&
				facts.isSingle &&
				facts.built > 1 &&
				facts.lacking.length > 0 &&
				reference.includes('@')
			) {
				yield {
					message: `"${reference}" is the image of one platform, and ${facts.built} are built`,
					range,
					hint: 'pin the digest of the index, which cachecast pin does for a tag',
					...(notes.length > 0 && {notes}),
				};
			}
		}
	},
};
