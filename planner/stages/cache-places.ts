import type {Platform} from '../../analyzer/index.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import {type Leaf, leafCache} from '../leaf-caches.ts';
import {jointCache, stageImage} from './stage-refs.ts';

/** What a build writes to, and so where to look for what an earlier one wrote. */
export interface BuiltPlaces {
	/** Every stage of the Dockerfile. */
	readonly stages: readonly Leaf[];
	readonly leaves: readonly Leaf[];
	/** As it was asked for. */
	readonly platform?: Platform;
}

/**
 * The caches to look for under one `--cache-from`, the likeliest first. A platform's own tag comes before the tag as it
 * is written, which is where buildx by itself exports to. A target uses one of them: see {@link bestCache}.
 */
export function cachePlaces(spec: CacheSpec, {stages, leaves, platform}: BuiltPlaces): readonly CacheSpec[] {
	if (spec.kind === 'stages') {
		return [jointCache(spec, platform), ...stages.map(stage => stageImage(spec, stage, platform))];
	}

	const defaultLeaf = stages.find(stage => stage.isDefault);
	const others = leaves.filter(leaf => !leaf.isDefault);
	const own = defaultLeaf === undefined ? undefined : leafCache(spec, defaultLeaf, platform);
	return [
		...(own === undefined || own === spec ? [] : [own]),
		spec,
		...others.flatMap(leaf => leafCache(spec, leaf, platform) ?? []),
	];
}
