import {formatPlatform, stepNames, stepsToRun, unbuiltReport} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {buildJson} from '../render/build-json.ts';
import {renderPlan} from '../render/plan-text.ts';
import {alikeStages} from '../render/plans-text.ts';
import {renderUncached} from '../render/uncached-text.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {type PlannedBuild, secondsOf} from './plan-build.ts';

/** Prints the plan of every target, for each platform each stage once. */
export function showPlans(
	{source, targets}: PlannedBuild,
	context: string,
	{streams, errorStyle, talk}: CommandContext,
): void {
	const place = {dockerfile: source.path, context};
	const names = stepNames(targets.map(({plan}) => plan));
	const shownOn = new Map<string, Set<number>>();
	for (const [at, target] of targets.entries()) {
		const platform = formatPlatform(target.plan.platform);
		const shown = shownOn.get(platform) ?? new Set<number>();
		shownOn.set(platform, shown);
		// Stages of other targets come with the plan of their own target, once.
		const later = target.plan.stages.filter(({stage}) => !stage.needed).map(({stage}) => stage.index);
		const hidden = new Set([...shown, ...later]);
		const earlier = targets.slice(0, at).map(({plan}) => plan);
		const alike = alikeStages(target.plan, earlier, names);
		talk.say(`${renderPlan(target.plan, place, errorStyle, streams, {shown: hidden, alike})}\n`);
		for (const {stage} of target.plan.stages.filter(one => one.stage.needed)) {
			shown.add(stage.index);
		}
	}
}

/** Ends a build with `--require-cached` where a step will run, or may: says which, and gives the exit code. */
export function refuseUncached(
	planned: PlannedBuild,
	context: string,
	{requireCached, format}: BuildCommandFlags,
	{streams, errorStyle}: CommandContext,
): number | undefined {
	const {targets, source} = planned;
	const steps = requireCached === true ? stepsToRun(targets) : [];
	if (steps.length === 0) {
		return undefined;
	}

	if (format === 'json') {
		const message = `--require-cached: ${steps.length} steps will run, or may`;
		const report = unbuiltReport(targets, {kind: 'failed', message}, secondsOf(planned));
		const place = {dockerfile: source.path, context};
		streams.out(`${JSON.stringify(buildJson(report, place, undefined, []), undefined, '\t')}\n`);
	}

	streams.err(renderUncached(steps, errorStyle));
	return exitCode.notCached;
}
