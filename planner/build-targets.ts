import {type Diagnostic, formatPlatform, type Platform} from '../analyzer/index.ts';
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
			/** Titles of stages whose images are as they would be built again. */
			readonly unchanged: readonly string[];
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
 * stage is built and exported, the target last; all of it for each platform, the targets of all platforms last. A stage
 * whose image holds it already is not built for that.
 */
export async function planTargets(
	planners: readonly [Planner, ...Planner[]],
	wish: TargetsWish,
): Promise<BuildTargets> {
	const earlier: BuildTarget[] = [];
	const finals: BuildTarget[] = [];
	const unchanged: string[] = [];
	for (const planner of planners) {
		const {platform} = planner.places;
		const title = (label: string) =>
			planners.length > 1 && platform !== undefined ? `${label} for ${formatPlatform(platform)}` : label;
		const planned = await planOnPlatform(planner, wish, title);
		if (planned.kind === 'failed') {
			return planned;
		}

		earlier.push(...planned.targets.filter(({isFinal}) => !isFinal));
		finals.push(...planned.targets.filter(({isFinal}) => isFinal));
		unchanged.push(...planned.unchanged);
	}

	return {kind: 'planned', targets: [...earlier, ...finals], unchanged};
}

async function planOnPlatform(
	planner: Planner,
	wish: TargetsWish,
	title: (label: string) => string,
): Promise<BuildTargets> {
	const main = await planner.plan(wish.target);
	if (main.kind === 'failed') {
		return main;
	}

	const {graph} = main.plan;
	const {stages, leaves, platform} = planner.places;
	const onPlatform: {readonly platform?: Platform} = platform === undefined ? {} : {platform};
	const imageSpecs = wish.cacheTo.filter(spec => spec.kind === 'stages');
	const exportsLeaves =
		!wish.onlyTarget && (wish.cacheTo.length === 0 || wish.cacheTo.some(({kind}) => kind !== 'stages'));
	const targets: BuildTarget[] = [];
	const unchanged: string[] = [];
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
			unchanged.push(title(stage.label));
		}

		const refs = images.kind === 'images' ? images.refs : [];
		if (isTarget && !wish.hasOutput) {
			ofTarget = refs;
		} else if (leaf !== undefined || refs.length > 0) {
			targets.push({
				label: stage.label,
				title: title(stage.label),
				...onPlatform,
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
	targets.push({
		label,
		title: title(label),
		...onPlatform,
		...(leaf !== undefined && {leaf}),
		images: ofTarget,
		plan: main.plan,
		isFinal: true,
	});
	return {kind: 'planned', targets, unchanged};
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
