import {parseReference} from '../graph/reference.ts';
import {type ImageUse, imageUses} from './image-uses.ts';
import {defaultPolicy, type LintPolicy} from './policy.ts';
import type {Finding, GraphInput} from './rule.ts';
import {waiverOf} from './waivers.ts';

/** What an image reference lacks most: each image breaks at most one of these rules. */
export type Lack = 'tag' | 'version' | 'whole-version' | 'digest';

/**
 * A finding for each image of the file that lacks just this and has no waiver: one whose waiver ended is left to
 * `pin/expired-waiver`, a name that was probably meant for a stage to `graph/undefined-stage`.
 */
export function* unpinned(
	input: GraphInput,
	lack: Lack,
	texts: (reference: string) => {readonly message: string; readonly hint: string},
): Iterable<Finding> {
	const {policy = defaultPolicy} = input;
	for (const use of imageUses(input)) {
		if (use.meant === undefined && lackOf(use, policy) === lack && waiverOf(use.reference, policy) === undefined) {
			const {range, notes} = use;
			yield {...texts(use.reference), range, ...(notes.length > 0 && {notes})};
		}
	}
}

/** What an image lacks for a policy. */
export function lackOf({reference}: ImageUse, {pin}: LintPolicy): Lack | undefined {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid' || parsed.reference.digest !== undefined) {
		return undefined;
	}

	const {tag} = parsed.reference;
	if (tag === undefined || tag === 'latest') {
		return tag === undefined ? 'tag' : 'version';
	}

	switch (pin) {
		case 'digest': {
			return 'digest';
		}

		case 'semver': {
			return /^v?\d+\.\d+\.\d+(?:[-+._][\w.-]*)?$/.test(tag) ? undefined : 'whole-version';
		}

		case 'tag': {
			return undefined;
		}
	}
}
