import {formatPlatform} from '../../graph/platform.ts';
import type {GraphRule} from '../rule.ts';
import {usesWithFacts} from '../uses-with-facts.ts';

/** The build fails where an image has nothing for the platform; or, pinned to one image, runs another platform's. */
export const pinPlatformMissing: GraphRule = {
	kind: 'graph',
	name: 'pin/platform-missing',
	severity: 'error',
	summary: 'Images should have what the build needs for its platforms',
	dependsOn: 'registry',
	*check(input) {
		for (const {facts, reference, range, notes} of usesWithFacts(input)) {
			// One digest for several platforms is what pin/single-platform-digest is about.
			const isSingle = facts.kind === 'served' && facts.isSingle && facts.built > 1;
			if (facts.kind === 'served' && facts.lacking.length > 0 && !isSingle) {
				const had = facts.platforms?.map(one => formatPlatform(one)).join(', ');
				yield {
					message: `image "${reference}" has nothing for ${facts.lacking.map(one => formatPlatform(one)).join(' and ')}`,
					range,
					...(had && {hint: `it has ${had}`}),
					...(notes.length > 0 && {notes}),
				};
			}
		}
	},
};
