import {
	bandwidthOf,
	type DialectChoice,
	describeCause,
	type EngineInfo,
	estimateOf,
	type Frontend,
	formatPlatform,
	lastReleaseOf,
	movingOf,
	type Origin,
	type Plan,
	type PlannedStage,
	pullOf,
	type StepForecast,
} from '../../planner/index.ts';
import {cacheJson} from './cache-json.ts';
import {stepPlaceJson} from './step-json.ts';

/** The version of the plan's JSON; fields may be added within one version, none is removed or changed. */
export const planSchemaVersion = 1;

/** What the plan's JSON says of where it comes from. */
export interface PlanPlace {
	readonly dockerfile: string;
	readonly context: string;
	/** The engine that the plan is for; absent where none was asked. */
	readonly engine?: EngineInfo;
}

/** Plans of several platforms as data, each as of one platform alone; of one it is that plan itself. */
export function plansJson(plans: readonly [Plan, ...Plan[]], place: PlanPlace): Readonly<Record<string, unknown>> {
	const [first, ...others] = plans;
	return others.length === 0
		? planJson(first, place)
		: {
				schemaVersion: planSchemaVersion,
				dockerfile: place.dockerfile,
				context: place.context,
				platforms: plans.map(plan => planJson(plan, place)),
			};
}

/** The plan as data, as `cli/schemas/plan.schema.json` describes it. */
export function planJson(plan: Plan, place: PlanPlace): Readonly<Record<string, unknown>> {
	const target = plan.graph.stages[plan.graph.target];
	return {
		schemaVersion: planSchemaVersion,
		dockerfile: place.dockerfile,
		context: place.context,
		target: target?.name ?? String(plan.graph.target),
		platform: formatPlatform(plan.platform),
		dialect: dialectJson(plan.dialect),
		frontend: frontendJson(plan.frontend),
		engine: place.engine === undefined ? null : engineJson(place.engine),
		caches: plan.caches.map(({reading, used}) => ({...cacheJson(reading), used})),
		unusedContexts: plan.unusedContexts.map(({name}) => name),
		images: plan.images.map(({reference, platform, result, pin}) => ({
			reference,
			platform: formatPlatform(platform),
			digest: result.kind === 'resolved' ? result.image.digest : null,
			source: result.kind === 'resolved' ? result.origin : null,
			reason: result.kind === 'resolved' ? null : result.reason,
			...(pin !== undefined && {
				behind: pin.kind === 'open' ? null : pin.kind === 'behind',
				tagDigest: pin.kind === 'open' ? null : pin.digest,
			}),
		})),
		stages: plan.stages.map(stage => stageJson(stage, plan.cost)),
		summary: plan.summary,
		...(plan.cost !== undefined && {cost: costJson(plan.cost)}),
	};
}

function costJson({best, worst, rates}: NonNullable<Plan['cost']>): Readonly<Record<string, unknown>> {
	const bandwidth = {pull: bandwidthOf(rates, 'pull') ?? null, push: bandwidthOf(rates, 'push') ?? null};
	return {best, worst, bandwidth};
}

function dialectJson({dialect, from = dialect, by, version}: DialectChoice): Readonly<Record<string, unknown>> {
	return {since: from.since, until: lastReleaseOf(dialect) ?? null, by, version: version ?? null};
}

function frontendJson(frontend: Frontend): Readonly<Record<string, unknown>> {
	return frontend.kind === 'builtin'
		? {kind: frontend.kind, image: null, floating: false}
		: {
				kind: frontend.kind,
				image: frontend.image,
				floating: frontend.kind === 'dockerfile' && frontend.isFloating,
			};
}

/** What an engine is, as far as it says. */
export function engineJson(engine: EngineInfo): Readonly<Record<string, unknown>> {
	return {
		kind: engine.kind,
		engineVersion: engine.engineVersion ?? null,
		buildkitVersion: engine.buildkitVersion ?? null,
		buildxVersion: engine.buildxVersion ?? null,
	};
}

function stageJson({stage, steps}: PlannedStage, cost: Plan['cost']): Readonly<Record<string, unknown>> {
	const {base} = stage;
	return {
		index: stage.index,
		name: stage.name ?? null,
		base: baseName(base),
		baseStage: base.kind === 'stage' ? base.index : null,
		baseContext: base.kind === 'stage' ? null : (base.context ?? null),
		replaced: stage.replaced,
		platform: stage.platform === undefined ? null : formatPlatform(stage.platform),
		needed: stage.needed,
		leaf: stage.leaf,
		dependsOn: stage.dependencies.map(({stage: used, kind}) => ({stage: used, kind})),
		steps: steps.map(step => stepJson(step, cost)),
	};
}

function baseName(base: Origin): string {
	switch (base.kind) {
		case 'stage': {
			return String(base.index);
		}

		case 'image': {
			return base.reference;
		}

		case 'remote': {
			return base.location;
		}

		case 'scratch':
		case 'folder': {
			return base.kind;
		}
	}
}

function stepJson(forecast: StepForecast, cost: Plan['cost']): Readonly<Record<string, unknown>> {
	const {step, outcome, key, contents, cause, needed, skipped, result} = forecast;
	const pull = pullOf([forecast]);
	const estimate = estimateOf(forecast.history);
	const moving = movingOf(forecast.history, bandwidthOf(cost?.rates, 'pull'));
	return {
		...stepPlaceJson(step),
		trigger: step.trigger,
		number:
			step.number === undefined ? null : {stage: step.number.stage, index: step.number.index, total: step.number.total},
		forecast: outcome,
		needed,
		skipped,
		key: key ?? null,
		contentKeys: contents,
		cause: cause === undefined ? null : {...cause, text: describeCause(cause)},
		createdAt: result?.createdAt ?? null,
		layers: result === undefined ? null : pull.layers,
		bytes: result === undefined ? null : pull.bytes,
		...(estimate !== undefined && {estimate}),
		...(moving !== undefined && {moving: {bytes: moving.bytes, seconds: moving.seconds, pays: moving.pays}}),
	};
}
