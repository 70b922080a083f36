/** Which of the two kinds of cache a repository holds. */
export type RemoteKind = 'registry' | 'stages';

/** The name of a cache in an archive or a folder, whatever its tag in a registry is. */
export const archiveTags: Readonly<Record<RemoteKind, string>> = {registry: 'latest', stages: 'stages'};

/** What a tag says about the cache that it names: see `placeTag` in planner/stages. */
export interface TagPart {
	/** Of a leaf or a stage that is not the default target. */
	readonly target?: string;
	/** What all images of stages make together. */
	readonly isJoint: boolean;
	/** The tag of the default target for the same platform. */
	readonly mainTag: string;
}

/** Whether a tag is one of a cache that was named by its main tag. */
export function isOf(mainTag: string, tag: string): boolean {
	return tag === mainTag || tag.startsWith(`${mainTag}-`);
}

/** Reads what stands behind the main tag. Names of stages have no capitals, so words in capitals end them. */
export function tagPart(mainTag: string, tag: string): TagPart {
	const [, name = '', platform = ''] = /^(.*?)(-ON-.*)?$/s.exec(tag.slice(mainTag.length)) ?? [];
	const target = name.replace(/^-(?:AS-)?/, '');
	const isJoint = name === '-ALL';
	return {...(target !== '' && !isJoint && {target}), isJoint, mainTag: `${mainTag}${platform}`};
}

/** OCI distribution-spec: a tag has 128 characters at most. */
const maxTagLength = 128;

/**
 * The same cache under another main tag: `cache-test` of `cache` is `latest-test` of `latest`. Nothing where that cannot
 * be told: what is too long for a tag ends in a digest of the whole name.
 */
export function renamed(tag: string, from: string, to: string): string | undefined {
	const name = `${to}${tag.slice(from.length)}`;
	const isCut = /-H-[\da-f]{32}$/.test(tag) && tag.length === maxTagLength;
	return from === to || (!isCut && name.length <= maxTagLength) ? name : undefined;
}
