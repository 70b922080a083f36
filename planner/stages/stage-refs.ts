import {type ImageReference, type Platform, parseReference} from '../../analyzer/index.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import {jointTag, type NamedStage, placeTag} from './place-tag.ts';

export type StagesSpec = Extract<CacheSpec, {readonly kind: 'stages'}>;
type RegistrySpec = Extract<CacheSpec, {readonly kind: 'registry'}>;

/** Not `latest`: that is the tag of what people run. */
const defaultTag = 'stages';

/** The image of one stage, as a cache to read. */
export function stageImage(spec: StagesSpec, stage: NamedStage, platform: Platform | undefined): RegistrySpec {
	return under(spec, tag => placeTag(tag, stage, platform));
}

/** The tag that those of all images begin with, as if it were one. */
export function imagesUnder(spec: StagesSpec): RegistrySpec {
	return under(spec, tag => tag);
}

/** The cache that all stages' images make together. */
export function jointCache(spec: StagesSpec, platform: Platform | undefined): RegistrySpec {
	return under(spec, tag => jointTag(tag, platform));
}

function under({ref, attributes}: StagesSpec, tagOf: (tag: string) => string): RegistrySpec {
	const {repository, tag = defaultTag} = cut(ref);
	return {kind: 'registry', ref: `${repository}:${tagOf(tag)}`, attributes};
}

function cut(ref: string): {readonly repository: string; readonly tag?: string} {
	const parsed = parseReference(ref);
	const {tag}: Partial<ImageReference> = parsed.kind === 'reference' ? parsed.reference : {};
	return tag === undefined ? {repository: ref} : {repository: ref.slice(0, -tag.length - 1), tag};
}
