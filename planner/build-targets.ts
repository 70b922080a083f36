import type {Diagnostic} from '../analyzer/index.ts';
import type {BuildTarget} from './build.ts';
import {stageLabel} from './leaf-caches.ts';
import type {Planner} from './planner.ts';

export type BuildTargets =
	| {readonly kind: 'planned'; readonly targets: readonly BuildTarget[]}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * What to build, in order: every leaf, so that every stage is built and exported, the target last. `onlyTarget` leaves
 * the other leaves out, where nothing would be exported anyway.
 */
export async function planTargets(
	planner: Planner,
	target: string | undefined,
	onlyTarget: boolean,
): Promise<BuildTargets> {
	const main = await planner.plan(target);
	if (main.kind === 'failed') {
		return main;
	}

	const {graph} = main.plan;
	const targets: BuildTarget[] = [];
	for (const leaf of onlyTarget ? [] : planner.leaves.filter(one => one.index !== graph.target)) {
		const result = await planner.plan(
			leaf.isDefault ? undefined : planner.dockerfile.stages[leaf.index]?.from.name?.text,
			leaf.index,
		);
		if (result.kind === 'failed') {
			return result;
		}

		targets.push({label: leaf.label, leaf, plan: result.plan, isFinal: false});
	}

	const stage = graph.stages[graph.target];
	const leaf = planner.leaves.find(one => one.index === graph.target);
	const label = stage === undefined ? '' : stageLabel(stage);
	targets.push({label, ...(leaf !== undefined && {leaf}), plan: main.plan, isFinal: true});
	return {kind: 'planned', targets};
}
