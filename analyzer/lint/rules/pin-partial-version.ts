import type {GraphRule} from '../rule.ts';
import {unpinned} from '../unpinned.ts';

/** Asked for by the policy `semver` alone: a tag of a part of a version is moved with each release of the rest. */
export const pinPartialVersion: GraphRule = {
	kind: 'graph',
	name: 'pin/partial-version',
	severity: 'warning',
	summary: 'Under the pin policy "semver" a tag should name a whole version',
	check: input =>
		unpinned(input, 'whole-version', reference => ({
			message: `image "${reference}" has no whole version in its tag, so it is moved with every release of the rest`,
			hint: 'write all three numbers (22.11.0), or a digest',
		})),
};
