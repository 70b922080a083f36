import {type ImageUse, imageUses} from './image-uses.ts';
import type {ImageFacts} from './registry-facts.ts';
import type {GraphInput} from './rule.ts';

/** The uses of images that a registry had something to say about. */
export function* usesWithFacts(
	input: GraphInput,
): Iterable<ImageUse & {readonly facts: Exclude<ImageFacts, {readonly kind: 'open'}>}> {
	for (const use of imageUses(input)) {
		const facts = use.meant === undefined ? input.registry?.get(use.reference) : undefined;
		if (facts !== undefined && facts.kind !== 'open') {
			yield {...use, facts};
		}
	}
}
