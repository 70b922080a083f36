import type {GraphRule} from '../rule.ts';
import {unpinned} from '../unpinned.ts';

/** A tag is a pointer that its registry may move; only a digest names the same bytes for ever. */
export const pinNoDigest: GraphRule = {
	kind: 'graph',
	name: 'pin/no-digest',
	severity: 'info',
	summary: 'Images with a tag should have a digest too',
	check: input =>
		unpinned(input, 'digest', reference => ({
			message: `image "${reference}" has no digest, so its tag can be moved to another image`,
			hint: `write ${reference}@sha256:…, as "docker buildx imagetools inspect ${reference}" prints it`,
		})),
};
