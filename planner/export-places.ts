import nodePath from 'node:path';
import type {BuildTarget, BuildWish} from './build-wish.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {leafCache} from './leaf-caches.ts';
import type {Planner} from './planner.ts';
import {placeTag} from './stages/place-tag.ts';
import type {CacheName} from './store/local-caches.ts';

/** A cache that the build of a target writes; folders are absolute. */
export interface ExportSpec {
	readonly spec: CacheSpec;
	/** What it is called in a local cache. */
	readonly name?: CacheName;
}

/**
 * What one target's cache is written to. mode=max unless the user says otherwise: buildx's own default leaves out every
 * stage but the last.
 */
export function exportSpecs(
	{leaf, platform, isFinal}: BuildTarget,
	{defaultCache}: Planner,
	{cacheTo, cwd, exportDefault}: Pick<BuildWish, 'cacheTo' | 'cwd' | 'exportDefault'>,
): readonly ExportSpec[] {
	const wanted = cacheTo.length > 0 || !exportDefault ? cacheTo : [defaultCache];
	return wanted.flatMap((spec): readonly ExportSpec[] => {
		if (spec.kind === 'stages') {
			return [];
		}

		if (spec.kind === 'inline') {
			// Inline cache is part of an image, so only an image can carry it.
			return isFinal ? [{spec}] : [];
		}

		const own = leaf === undefined ? undefined : leafCache(absolutePlace(spec, cwd), leaf, platform);
		if (leaf === undefined || own === undefined) {
			return [];
		}

		const withMode: CacheSpec = {...own, attributes: {mode: 'max', ...own.attributes}};
		if (withMode.kind !== 'local') {
			return [{spec: withMode}];
		}

		const mainTag = spec.kind === 'local' ? placeTag(spec.tag, undefined, platform) : withMode.tag;
		return [{spec: withMode, name: {tag: withMode.tag, mainTag, target: leaf.label}}];
	});
}

/** A cache with its folder, if it has one, made absolute. */
export function absolutePlace(spec: CacheSpec, cwd: string): CacheSpec {
	return spec.kind === 'local' ? {...spec, dir: nodePath.resolve(cwd, spec.dir)} : spec;
}
