import type {GraphRule} from '../rule.ts';
import {unpinned} from '../unpinned.ts';

/** An image without tag and digest is `latest` of today: another one tomorrow, and every key above it with it. */
export const pinNoTag: GraphRule = {
	kind: 'graph',
	name: 'pin/no-tag',
	severity: 'warning',
	summary: 'Images should have a tag or a digest',
	check: input =>
		unpinned(input, 'tag', reference => ({
			message: `image "${reference}" has no tag, so it is whatever "latest" is on the day of the build`,
			hint: `write a version and its digest: ${reference}:VERSION@sha256:…`,
		})),
};
