import type {BuildReport, BuiltStep, EngineInfo, PublishedTag} from '../../planner/index.ts';
import {buildCost, stepText} from '../../planner/index.ts';
import type {PlanPlace} from './plan-json.ts';
import {engineJson, planJson} from './plan-json.ts';

/** The version of the build report's JSON; fields may be added within one version. */
export const buildSchemaVersion = 1;

/**
 * The report of a build as data, as `cli/schemas/build.schema.json` describes it. Without an engine: none was needed.
 * `tags` are those that were pushed to.
 */
export function buildJson(
	report: BuildReport,
	place: PlanPlace,
	engine: EngineInfo | undefined,
	tags: readonly PublishedTag[],
): Readonly<Record<string, unknown>> {
	const {outcome} = report;
	const cost = buildCost(report.steps);
	return {
		schemaVersion: buildSchemaVersion,
		dockerfile: place.dockerfile,
		context: place.context,
		engine: engine === undefined ? null : engineJson(engine),
		outcome: outcome.kind,
		message: outcome.kind === 'failed' || outcome.kind === 'lost' ? outcome.message : null,
		imageDigest: outcome.kind === 'built' ? (outcome.imageDigest ?? null) : null,
		tags: tags.map(({tag, state, digest}) => ({tag, state, digest: digest ?? null})),
		failedTarget: report.failedTarget?.title ?? null,
		targets: report.targets.map(target => ({
			target: target.label,
			final: target.isFinal,
			built: report.built.includes(target),
			plan: planJson(target.plan, place),
		})),
		steps: report.steps.map(step => stepJson(step)),
		agreement: report.agreement,
		caches: report.caches.map(({dir, added, removed, problem}) => ({
			dir,
			bytesAdded: added,
			bytesRemoved: removed,
			problem: problem ?? null,
		})),
		pulled: report.pulled,
		...(cost !== undefined && {cost}),
		seconds: report.seconds,
	};
}

function stepJson({forecast, platforms, actual, verdict}: BuiltStep): Readonly<Record<string, unknown>> {
	const {step, outcome} = forecast;
	return {
		id: step.id,
		line: step.instruction.range.start.line,
		instruction: step.instruction.keyword.toUpperCase(),
		text: stepText(step),
		...(platforms.length > 0 && {platforms}),
		forecast: outcome,
		actual: actual.kind,
		seconds: actual.kind === 'ran' ? actual.seconds : null,
		verdict,
	};
}
