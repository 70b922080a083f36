import {formatReference, type ImageReference, parseReference, withDefaultTag} from '../../analyzer/index.ts';

/** A name given with `-t`, as a place in a registry. */
export interface WantedTag {
	/** As the user wrote it. */
	readonly text: string;
	readonly reference: ImageReference;
}

export type WantedTags =
	| {readonly kind: 'tags'; readonly tags: readonly WantedTag[]}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

/** Parses the names of an image that is to be pushed; a digest is none, for only the image itself decides on it. */
export function wantedTags(texts: readonly string[]): WantedTags {
	const tags: WantedTag[] = [];
	for (const text of texts) {
		const parsed = parseReference(text);
		if (parsed.kind === 'invalid' || parsed.reference.digest !== undefined) {
			return {
				kind: 'invalid',
				message:
					parsed.kind === 'invalid'
						? `-t "${text}": ${parsed.message}`
						: `-t "${text}" names a digest; it can be no tag`,
				hint: 'write -t registry/name:tag',
			};
		}

		tags.push({text, reference: withDefaultTag(parsed.reference)});
	}

	return {kind: 'tags', tags};
}

/** The repositories of some tags, each once. */
export function repositoriesOf(tags: readonly WantedTag[]): readonly ImageReference[] {
	const byName = new Map(
		tags.map(({reference: {tag: _, ...repository}}) => [formatReference(repository), repository] as const),
	);
	return [...byName.values()];
}

/** Whether a tag is in a repository. */
export function isIn({reference}: WantedTag, repository: ImageReference): boolean {
	return reference.domain === repository.domain && reference.path === repository.path;
}
