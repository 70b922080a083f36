import {stepsToRun, unbuiltReport} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {buildJson} from '../render/build-json.ts';
import {renderPlan} from '../render/plan-text.ts';
import {renderUncached} from '../render/uncached-text.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import type {PlannedBuild} from './plan-build.ts';

/** Prints the plan of every target, each stage once. */
export function showPlans(
	{planner, targets}: PlannedBuild,
	context: string,
	{streams, errorStyle}: CommandContext,
): void {
	const place = {dockerfile: planner.workspace.dockerfile.path, context};
	const shown = new Set<number>();
	for (const target of targets) {
		// Stages of other targets come with the plan of their own target, once.
		const later = target.plan.stages.filter(({stage}) => !stage.needed).map(({stage}) => stage.index);
		const hidden = new Set([...shown, ...later]);
		streams.err(`${renderPlan(target.plan, place, errorStyle, streams.columns, hidden)}\n`);
		for (const {stage} of target.plan.stages.filter(one => one.stage.needed)) {
			shown.add(stage.index);
		}
	}
}

/** Ends a build with `--require-cached` where a step will run, or may: says which, and gives the exit code. */
export function refuseUncached(
	{targets, planner}: PlannedBuild,
	context: string,
	{requireCached, format}: BuildCommandFlags,
	{streams, errorStyle}: CommandContext,
): number | undefined {
	const steps = requireCached === true ? stepsToRun(targets) : [];
	if (steps.length === 0) {
		return undefined;
	}

	if (format === 'json') {
		const message = `--require-cached: ${steps.length} steps will run, or may`;
		const report = unbuiltReport(targets, {kind: 'failed', message}, performance.now() / 1000);
		const place = {dockerfile: planner.workspace.dockerfile.path, context};
		streams.out(`${JSON.stringify(buildJson(report, place, undefined, []), undefined, '\t')}\n`);
	}

	streams.err(renderUncached(steps, errorStyle));
	return exitCode.notCached;
}
