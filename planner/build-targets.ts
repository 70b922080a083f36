import type {Diagnostic} from '../analyzer/index.ts';
import type {BuildTarget} from './build-wish.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {type Leaf, stageLabel} from './leaf-caches.ts';
import type {Plan} from './plan.ts';
import type {Planner} from './planner.ts';
import {type StagesSpec, stageImage} from './stages/stage-refs.ts';

export type BuildTargets =
	| {
			readonly kind: 'planned';
			readonly targets: readonly BuildTarget[];
			/** Stages whose images are as they would be built again. */
			readonly unchanged: readonly Leaf[];
	  }
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/** What a build shall leave behind beside its target. */
export interface TargetsWish {
	readonly target?: string;
	/** Nothing but the target and the images of stages can be exported: other leaves are not built. */
	readonly onlyTarget: boolean;
	/** The target becomes an image of the user's own, beside the image of its stage. */
	readonly hasOutput: boolean;
	readonly cacheTo: readonly CacheSpec[];
}

/**
 * What to build, in order: every stage that is to become an image (`--cache-to type=stages`), every leaf, so that every
 * stage is built and exported, the target last. A stage whose image holds it already is not built for that.
 */
export async function planTargets(planner: Planner, wish: TargetsWish): Promise<BuildTargets> {
	const main = await planner.plan(wish.target);
	if (main.kind === 'failed') {
		return main;
	}

	const {graph} = main.plan;
	const {stages, leaves} = planner.places;
	const imageSpecs = wish.cacheTo.filter(spec => spec.kind === 'stages');
	const exportsLeaves =
		!wish.onlyTarget && (wish.cacheTo.length === 0 || wish.cacheTo.some(({kind}) => kind !== 'stages'));
	const targets: BuildTarget[] = [];
	const unchanged: Leaf[] = [];
	let ofTarget: readonly string[] = [];
	for (const stage of stages) {
		const isTarget = stage.index === graph.target;
		const leaf = !exportsLeaves || isTarget ? undefined : leaves.find(({index}) => index === stage.index);
		if (leaf === undefined && imageSpecs.length === 0) {
			continue;
		}

		const result = isTarget ? main : await planStage(planner, stage);
		if (result.kind === 'failed') {
			return result;
		}

		const images = imagesOf(result.plan, stage, planner, imageSpecs);
		if (images.kind === 'unchanged') {
			unchanged.push(stage);
		}

		const refs = images.kind === 'images' ? images.refs : [];
		if (isTarget && !wish.hasOutput) {
			ofTarget = refs;
		} else if (leaf !== undefined || refs.length > 0) {
			targets.push({
				label: stage.label,
				stage,
				...(leaf !== undefined && {leaf}),
				images: refs,
				plan: result.plan,
				isFinal: false,
			});
		}
	}

	const stage = graph.stages[graph.target];
	const leaf = leaves.find(one => one.index === graph.target);
	const label = stage === undefined ? '' : stageLabel(stage);
	targets.push({label, ...(leaf !== undefined && {leaf}), images: ofTarget, plan: main.plan, isFinal: true});
	return {kind: 'planned', targets, unchanged};
}

/**
 * For each target the places of those it waits for: what it builds on, so that no step is built by two at once and shown
 * by chance under one of them; the last waits for all.
 */
export function targetOrder(targets: readonly BuildTarget[]): readonly (readonly number[])[] {
	return targets.map(({plan, isFinal}, place) => {
		const earlier = targets.slice(0, place);
		const needed = new Set(plan.graph.stages.filter(stage => stage.needed).map(({index}) => index));
		return earlier.flatMap((other, at) => {
			return isFinal || needed.has(other.plan.graph.target) ? [at] : [];
		});
	});
}

function planStage(planner: Planner, stage: Leaf) {
	return planner.plan(stage.isDefault ? undefined : stage.name, stage.index);
}

type StageImages =
	| {readonly kind: 'images'; readonly refs: readonly string[]}
	/** The images are there, and hold the stage as it is now. */
	| {readonly kind: 'unchanged'}
	/** It has no steps: its image would be its base. */
	| {readonly kind: 'none'};

function imagesOf(plan: Plan, stage: Leaf, {places}: Planner, specs: readonly StagesSpec[]): StageImages {
	const steps = plan.stages.find(one => one.stage.index === stage.index)?.steps ?? [];
	if (steps.every(({outcome}) => outcome === 'none')) {
		return {kind: 'none'};
	}

	const isHit = steps.every(({outcome}) => outcome === 'hit' || outcome === 'none');
	const refs = specs
		.map(spec => stageImage(spec, stage, places.platform).ref)
		.filter(ref => !(isHit && plan.caches.some(cache => cache.holdsTarget && refOf(cache.reading.spec) === ref)));
	return refs.length === 0 && specs.length > 0 ? {kind: 'unchanged'} : {kind: 'images', refs};
}

function refOf(spec: CacheSpec): string | undefined {
	return spec.kind === 'registry' ? spec.ref : undefined;
}
