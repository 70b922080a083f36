import {
	type ChangedStep,
	describeCause,
	describeChange,
	formatPlatform,
	type SincePlan,
	type SinceReport,
	stageLabel,
	stepText,
} from '../../planner/index.ts';
import type {PlanPlace} from './plan-json.ts';
import {countChanges} from './since-text.ts';

/** The version of the JSON of `plan --since`; fields may be added within one version, none is removed or changed. */
export const sinceSchemaVersion = 1;

/** What a change rebuilds, as data: `cli/schemas/since.schema.json`. */
export function sinceJson({revision, notes, plans}: SinceReport, place: PlanPlace): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: sinceSchemaVersion,
		dockerfile: place.dockerfile,
		context: place.context,
		since: revision,
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
	const {range, keyword} = step.instruction;
	return {
		id: step.id,
		line: range.start.line,
		endLine: range.end.line,
		instruction: keyword.toUpperCase(),
		text: stepText(step),
		change,
		reason: describeChange(changed) ?? null,
		cause: cause === undefined ? null : {kind: cause.kind, text: describeCause(cause)},
		differences,
		unkept,
	};
}
