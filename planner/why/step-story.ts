import {
	ContextFailure,
	entriesRead,
	type FileEntry,
	type KeyInput,
	OpenContent,
	type Step,
	type Vertex,
} from '../../analyzer/index.ts';
import type {StepForecast} from '../forecast.ts';
import type {Plan} from '../plan.ts';
import {inputsOf, keyInputs, partsOf} from '../vertex-keys.ts';

/** All that a plan knows of one step. */
export interface StepStory {
	readonly forecast: StepForecast;
	/** The steps that the cause leads to, the first cause last; empty where the cause is the step's own. */
	readonly chain: readonly StepForecast[];
	readonly reads: readonly ContextRead[];
	/** Its inputs that are results of steps. */
	readonly standsOn: readonly StepForecast[];
	/** Steps that have it for an input. */
	readonly usedBy: readonly StepForecast[];
}

/** What a step reads of one build context. */
export interface ContextRead {
	/** The name of a `--build-context`; absent: the main context. */
	readonly context?: string;
	/** Files and links in byte order of their paths. */
	readonly files: readonly {readonly path: string; readonly bytes: number}[];
}

/** Gathers what a plan says of its steps. */
export function storyTeller(plan: Plan): (forecast: StepForecast) => StepStory {
	const forecasts = plan.stages.flatMap(({steps}) => steps);
	const byId = new Map(forecasts.map(one => [one.step.id, one]));
	const owners = new Map<Vertex, Step>();
	for (const {step} of forecasts) {
		if (step.vertex !== undefined && step.instruction.kind !== 'from' && !owners.has(step.vertex)) {
			owners.set(step.vertex, step);
		}
	}

	const partsOfStep = ({vertex, instruction}: Step): readonly Vertex[] =>
		vertex === undefined || instruction.kind === 'from' ? [] : partsOf(vertex, owners, plan.keys);
	const inputIds = (step: Step): ReadonlySet<string> =>
		new Set(
			partsOfStep(step)
				.flatMap(part => inputsOf(part, plan.keys))
				.flatMap(input => owners.get(input)?.id ?? [])
				.filter(id => id !== step.id),
		);
	const inputs = new Map(forecasts.map(({step}) => [step.id, inputIds(step)]));
	return forecast => {
		const {id} = forecast.step;
		return {
			forecast,
			chain: chainOf(forecast, byId),
			reads: readsOf(
				partsOfStep(forecast.step).flatMap(part => keyInputs(part, plan.keys)),
				plan,
			),
			standsOn: forecasts.filter(({step}) => inputs.get(id)?.has(step.id) === true),
			usedBy: forecasts.filter(({step}) => inputs.get(step.id)?.has(id) === true),
		};
	};
}

/** Steps that run, or may, for a reason of their own, each with how many follow it. */
export function firstCauses(plan: Plan): readonly {readonly forecast: StepForecast; readonly followers: number}[] {
	const forecasts = plan.stages.flatMap(({steps}) => steps);
	const byId = new Map(forecasts.map(one => [one.step.id, one]));
	const followers = new Map<string, number>();
	for (const forecast of forecasts) {
		const first = chainOf(forecast, byId).at(-1)?.step.id;
		if (first !== undefined) {
			followers.set(first, (followers.get(first) ?? 0) + 1);
		}
	}

	return forecasts
		.filter(({outcome, cause}) => (outcome === 'miss' || outcome === 'unknown') && cause?.kind !== 'parent')
		.map(forecast => ({forecast, followers: followers.get(forecast.step.id) ?? 0}));
}

function chainOf({cause}: StepForecast, byId: ReadonlyMap<string, StepForecast>): readonly StepForecast[] {
	const chain: StepForecast[] = [];
	for (let next = cause; next?.kind === 'parent'; ) {
		const parent = byId.get(next.step);
		if (parent === undefined || chain.includes(parent)) {
			break;
		}

		chain.push(parent);
		next = parent.cause;
	}

	return chain;
}

function readsOf(inputs: readonly KeyInput[], {keys, dialect}: Plan): readonly ContextRead[] {
	const reads = new Map<string | undefined, Map<string, FileEntry>>();
	for (const input of inputs) {
		const contents = keys.files(input);
		if (contents !== undefined && input.vertex.kind === 'context') {
			const known = reads.get(input.vertex.name) ?? new Map<string, FileEntry>();
			reads.set(input.vertex.name, known);
			for (const [path, entry] of orNothing(() => entriesRead(contents.files, input.content ?? [], dialect.dialect))) {
				known.set(path, entry);
			}
		}
	}

	return [...reads].map(([context, entries]) => ({
		...(context !== undefined && {context}),
		files: [...entries.values()]
			.filter(({kind}) => kind !== 'directory')
			.map(({path, size}) => ({path, bytes: size}))
			.sort((a, b) => (a.path < b.path ? -1 : 1)),
	}));
}

// What cannot be read fails the plan itself, with its place.
function orNothing(read: () => ReadonlyMap<string, FileEntry>): ReadonlyMap<string, FileEntry> {
	try {
		return read();
	} catch (error) {
		if (error instanceof OpenContent || error instanceof ContextFailure) {
			return new Map();
		}

		throw error;
	}
}
