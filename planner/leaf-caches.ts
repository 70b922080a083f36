import {parseReference, type Stage, type StageGraph} from '../analyzer/index.ts';
import type {CacheSpec} from './caches/cache-source.ts';

/** A stage that no other stage uses: building every leaf builds every stage. */
export interface Leaf {
	readonly index: number;
	/** Its name, `stage-1` for one without. */
	readonly label: string;
	/** The default target: the last stage. */
	readonly isDefault: boolean;
}

/** The leaves of a graph in file order; the default target is the last of them. */
export function leavesOf({stages}: StageGraph): readonly Leaf[] {
	const last = stages.length - 1;
	return stages
		.filter(stage => stage.leaf)
		.map(stage => ({index: stage.index, label: stageLabel(stage), isDefault: stage.index === last}));
}

/** A stage's name as BuildKit shows it. */
export function stageLabel({name, index}: Stage): string {
	return name ?? `stage-${index}`;
}

/**
 * The cache of one leaf. A cache holds what one solve saw, and exporting another target to the same place would
 * replace it (moby/buildkit#3026): so the default target has the place as it was named, each other leaf has the
 * same with `-NAME` behind the tag. A reference by digest names one cache only.
 */
export function leafCache(spec: CacheSpec, leaf: Leaf): CacheSpec | undefined {
	if (leaf.isDefault) {
		return spec;
	}

	switch (spec.kind) {
		case 'local': {
			return spec.attributes['digest'] === undefined ? {...spec, tag: `${spec.tag}-${leaf.label}`} : undefined;
		}

		case 'registry': {
			const parsed = parseReference(spec.ref);
			if (parsed.kind === 'invalid' || parsed.reference.digest !== undefined) {
				return undefined;
			}

			const {tag} = parsed.reference;
			const tagged = tag === undefined ? `${spec.ref}:latest` : spec.ref;
			return {...spec, ref: `${tagged}-${leaf.label}`};
		}

		case 'inline':
		case 'other': {
			return undefined;
		}
	}
}
