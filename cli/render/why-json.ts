import {
	bandwidthOf,
	describeCause,
	describeChange,
	estimateOf,
	type FileStory,
	type firstCauses,
	keyParts,
	movingOf,
	type Plan,
	type StepForecast,
	type StepStory,
	stageLabel,
	stepText,
} from '../../planner/index.ts';

/** The version of the JSON of `why`; fields may be added within one version, none is removed or changed. */
export const whySchemaVersion = 1;

type Json = Readonly<Record<string, unknown>>;

interface Place {
	readonly dockerfile: string;
	readonly context: string;
}

/** Every first cause, as `cli/schemas/why.schema.json` has it. */
export function causesJson(plan: Plan, causes: ReturnType<typeof firstCauses>, place: Place): Json {
	return {
		schemaVersion: whySchemaVersion,
		...place,
		firstCauses: causes.map(({forecast, followers}) => ({...stepJson(plan, forecast), followers})),
	};
}

/** The stories of steps. */
export function storiesJson(plan: Plan, stories: readonly StepStory[], place: Place, withKey: boolean): Json {
	return {
		schemaVersion: whySchemaVersion,
		...place,
		steps: stories.map(({forecast, chain, reads, standsOn, usedBy}) => ({
			...stepJson(plan, forecast),
			chain: chain.map(one => stepJson(plan, one)),
			reads: reads.map(({context, files}) => ({
				context: context ?? null,
				files: files.length,
				bytes: files.reduce((sum, file) => sum + file.bytes, 0),
				paths: files.map(({path}) => path),
			})),
			standsOn: standsOn.map(({step}) => step.id),
			usedBy: usedBy.map(({step}) => step.id),
			...costJson(plan, forecast),
			...(withKey && {keyParts: keyParts(plan, forecast.step)}),
		})),
	};
}

function costJson({cost}: Plan, {history}: StepForecast): Json {
	const estimate = estimateOf(history);
	const moving = movingOf(history, bandwidthOf(cost?.rates, 'pull'));
	return {
		...(estimate !== undefined && {estimate}),
		...(moving !== undefined && {moving: {bytes: moving.bytes, seconds: moving.seconds, pays: moving.pays}}),
	};
}

/** The story of a file. */
export function fileJson({path, isThere, role, ignoredBy, readers, rebuilt}: FileStory, place: Place): Json {
	return {
		schemaVersion: whySchemaVersion,
		...place,
		file: {
			path,
			isThere,
			role,
			ignoredBy:
				ignoredBy === undefined
					? null
					: {pattern: ignoredBy.pattern, file: ignoredBy.file ?? null, line: ignoredBy.line ?? null},
			readers: readers.map(({id, instruction}) => ({id, line: instruction.range.start.line})),
			rebuilt: rebuilt.map(one => ({
				id: one.step.id,
				line: one.step.instruction.range.start.line,
				change: one.change,
				reason: describeChange(one) ?? null,
			})),
		},
	};
}

function stepJson({graph}: Plan, {step, outcome, key, cause}: StepForecast): Json {
	const stage = graph.stages[step.stage];
	return {
		id: step.id,
		line: step.instruction.range.start.line,
		stage: stage === undefined ? null : stageLabel(stage),
		text: stepText(step),
		forecast: outcome,
		key: key ?? null,
		cause: cause === undefined ? null : {kind: cause.kind, text: describeCause(cause)},
	};
}
