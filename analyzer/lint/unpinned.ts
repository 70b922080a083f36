import {parseReference} from '../graph/reference.ts';
import {type ImageUse, imageUses} from './image-uses.ts';
import type {Finding, GraphInput} from './rule.ts';

/** What an image reference lacks most: each image breaks at most one of the three rules. */
export type Lack = 'tag' | 'version' | 'digest';

/**
 * A finding for each image of the file that lacks just this. A name that was probably meant for a stage is left to
 * `graph/undefined-stage`.
 */
export function* unpinned(
	input: GraphInput,
	lack: Lack,
	texts: (reference: string) => {readonly message: string; readonly hint: string},
): Iterable<Finding> {
	for (const use of imageUses(input)) {
		if (use.meant === undefined && lackOf(use) === lack) {
			const {range, notes} = use;
			yield {...texts(use.reference), range, ...(notes.length > 0 && {notes})};
		}
	}
}

function lackOf({reference}: ImageUse): Lack | undefined {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid' || parsed.reference.digest !== undefined) {
		return undefined;
	}

	const {tag} = parsed.reference;
	return tag === undefined ? 'tag' : tag === 'latest' ? 'version' : 'digest';
}
