import type {GraphRule} from '../rule.ts';
import {unpinned} from '../unpinned.ts';

/** `latest` is moved with every release, major ones included. */
export const pinLatestTag: GraphRule = {
	kind: 'graph',
	name: 'pin/latest-tag',
	severity: 'warning',
	summary: 'Images should have a tag other than "latest", or a digest',
	check: input =>
		unpinned(input, 'version', reference => ({
			message: `image "${reference}" is moved with every release`,
			hint: `write a version and its digest: ${reference.replace(/:latest$/, '')}:VERSION@sha256:…`,
		})),
};
