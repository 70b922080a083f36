import {
	type ChangedStep,
	describeCause,
	describeChange,
	formatPlatform,
	type SincePlan,
	type SinceReport,
	stageLabel,
} from '../../planner/index.ts';
import type {PlanPlace} from './plan-json.ts';
import {countChanges} from './since-text.ts';
import {stepPlaceJson} from './step-json.ts';

/** The version of the JSON of `plan --since`; fields may be added within one version, none is removed or changed. */
export const sinceSchemaVersion = 1;

/** What a change rebuilds, as data: `cli/schemas/since.schema.json`. */
export function sinceJson(
	{revision, until, notes, plans}: SinceReport,
	place: PlanPlace,
): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: sinceSchemaVersion,
		dockerfile: place.dockerfile,
		context: place.context,
		since: revision,
		until: until ?? null,
		notes,
		platforms: plans.map(planJson),
	};
}

function planJson({plan, steps}: SincePlan): Readonly<Record<string, unknown>> {
	const target = plan.graph.stages[plan.graph.target];
	return {
		platform: formatPlatform(plan.platform),
		target: target === undefined ? null : stageLabel(target),
		stages: plan.stages
			.filter(({stage}) => stage.needed)
			.map(({stage}) => ({
				index: stage.index,
				name: stage.name ?? null,
				steps: steps.filter(({step}) => step.stage === stage.index).map(stepJson),
			})),
		summary: countChanges(steps),
	};
}

function stepJson(changed: ChangedStep): Readonly<Record<string, unknown>> {
	const {step, change, cause, differences, unkept} = changed;
	return {
		...stepPlaceJson(step),
		change,
		reason: describeChange(changed) ?? null,
		cause: cause === undefined ? null : {kind: cause.kind, text: describeCause(cause)},
		differences,
		unkept,
	};
}
