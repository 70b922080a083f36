import {asString, member, parseJson} from '../json-value.ts';

/** The images that a joined cache was made of, by tag. */
export interface JoinedImages {
	readonly images: readonly string[];
	/** Those of earlier builds, whose stages are no longer there. */
	readonly former: readonly string[];
}

const names = {images: 'cachecast.images', former: 'cachecast.former-images'} as const;

/** How many are remembered: a manifest larger than 1 MiB is none for BuildKit. */
const maxFormer = 1000;

/** Reads them from the annotations of a joined cache's manifest; none where nothing was noted. */
export function joinedImages(manifest: Uint8Array): JoinedImages {
	const annotations = member(parseJson(manifest), 'annotations');
	const list = (name: string): readonly string[] =>
		(asString(member(annotations, name)) ?? '').split(' ').filter(tag => tag !== '');
	return {images: list(names.images), former: list(names.former)};
}

/** The annotations of the next one: what was joined before and is not now stays known, so that it can be removed. */
export function joinedAnnotations(images: readonly string[], before: JoinedImages): Readonly<Record<string, string>> {
	const former = [...new Set([...before.images, ...before.former])].filter(tag => !images.includes(tag));
	return {
		[names.images]: images.join(' '),
		...(former.length > 0 && {[names.former]: former.slice(0, maxFormer).join(' ')}),
	};
}
