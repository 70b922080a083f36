import type {Problem} from '../workspace.ts';
import {type FoundRevision, findRevision, type RevisionRequest} from './find-revision.ts';
import {type RevisionIndex, readRevisionIndex} from './revision-index.ts';

/** A revision with the list of its files. */
export interface OpenedRevision {
	readonly kind: 'opened';
	readonly revision: FoundRevision;
	readonly index: RevisionIndex;
}

/** Finds a revision and lists it. */
export function openRevision(
	request: RevisionRequest,
): OpenedRevision | {readonly kind: 'failed'; readonly problem: Problem} {
	const found = findRevision(request);
	if (found.kind === 'failed') {
		return found;
	}

	const {revision} = found;
	const read = readRevisionIndex(revision);
	return read.kind === 'failed'
		? {kind: 'failed', problem: {message: `git cannot list ${revision.name}: ${read.reason}`}}
		: {kind: 'opened', revision, index: read.index};
}
