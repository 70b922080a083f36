import {imageUses} from '../image-uses.ts';
import {defaultPolicy} from '../policy.ts';
import type {GraphRule} from '../rule.ts';
import {lackOf} from '../unpinned.ts';
import {waiverOf} from '../waivers.ts';

/** A waiver with a last day is a promise: when it is over, someone should look again. */
export const pinExpiredWaiver: GraphRule = {
	kind: 'graph',
	name: 'pin/expired-waiver',
	severity: 'warning',
	summary: 'Waivers of images should not be over',
	*check(input) {
		const {policy = defaultPolicy} = input;
		for (const use of imageUses(input)) {
			const waiver =
				use.meant === undefined && lackOf(use, policy) !== undefined ? waiverOf(use.reference, policy) : undefined;
			if (waiver?.kind === 'ended') {
				const {pattern, reason, until = ''} = waiver.image;
				yield {
					message: `image "${use.reference}" is not pinned, and the waiver of "${pattern}" ended on ${until}: ${reason}`,
					range: use.range,
					...(use.notes.length > 0 && {notes: use.notes}),
					hint: 'pin the image, or give the waiver a new day',
				};
			}
		}
	},
};
