import {type Platform, parseReference, type Stage, type StageGraph} from '../analyzer/index.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {placeTag} from './stages/place-tag.ts';

/** A stage that is built as a target of its own. Building every leaf, a stage no other stage uses, builds every stage. */
export interface Leaf {
	readonly index: number;
	/** As the Dockerfile calls it; absent for a stage without a name. */
	readonly name?: string;
	/** Its name, `stage-1` for one without. */
	readonly label: string;
	/** The default target: the last stage. */
	readonly isDefault: boolean;
}

/** The leaves of a graph in file order; the default target is the last of them. */
export function leavesOf(graph: StageGraph): readonly Leaf[] {
	const leaves = new Set(graph.stages.filter(stage => stage.leaf).map(({index}) => index));
	return stagesOf(graph).filter(({index}) => leaves.has(index));
}

/** All stages of a graph in file order, each as a target of its own. */
export function stagesOf({stages}: StageGraph): readonly Leaf[] {
	return stages.map(stage => ({
		index: stage.index,
		...(stage.name !== undefined && {name: stage.name}),
		label: stageLabel(stage),
		isDefault: stage.index === stages.length - 1,
	}));
}

/** A stage's name as BuildKit shows it. */
export function stageLabel({name, index}: Stage): string {
	return name ?? `stage-${index}`;
}

/**
 * The cache of one leaf. A cache holds what one solve saw, and exporting another target to the same place would
 * replace it (moby/buildkit#3026): so the default target has the place as it was named, every other leaf and every
 * platform asked for a tag of its own ({@link placeTag}). A reference by digest names one cache only.
 */
export function leafCache(spec: CacheSpec, leaf: Leaf, platform: Platform | undefined): CacheSpec | undefined {
	const tagOf = (tag: string) => placeTag(tag, leaf.isDefault ? undefined : leaf, platform);
	if (leaf.isDefault && platform === undefined) {
		return spec;
	}

	switch (spec.kind) {
		case 'local': {
			return spec.attributes['digest'] === undefined ? {...spec, tag: tagOf(spec.tag)} : undefined;
		}

		case 'registry': {
			const parsed = parseReference(spec.ref);
			if (parsed.kind === 'invalid' || parsed.reference.digest !== undefined) {
				return undefined;
			}

			const {tag} = parsed.reference;
			const repository = tag === undefined ? spec.ref : spec.ref.slice(0, -tag.length - 1);
			return {...spec, ref: `${repository}:${tagOf(tag ?? 'latest')}`};
		}

		case 'inline':
		case 'other':
		case 'stages': {
			return leaf.isDefault ? spec : undefined;
		}
	}
}
