import type {Step, Vertex} from '../analyzer/index.ts';
import type {BuildEvent} from './engines/engine.ts';
import {restartsAfterCached} from './restarts.ts';

/** What an engine made of a step. `cached` also stands for a step that need not run: engines do not tell them apart. */
export type Actual =
	| {readonly kind: 'cached'}
	/**
	 * `unclear`: of a vertex without inputs, as WORKDIR on scratch, BuildKit reports the computing of its key as a run, so it
	 * may not have run (solver/jobs.go CacheMap).
	 */
	| {readonly kind: 'ran'; readonly seconds: number; readonly unclear: boolean}
	| {readonly kind: 'failed'; readonly message: string; readonly output: readonly string[]}
	/** Begun, not finished. */
	| {readonly kind: 'running'}
	/** Never begun: something before it failed. */
	| {readonly kind: 'not-reached'};

/** Follows one solve and says at any time what has become of each step. */
export interface StepTracker {
	/** Takes an event in; gives the step it belongs to, if its state has changed by it. */
	follow(event: BuildEvent): Step | undefined;
	actual(step: Step): Actual;
	/** The step a vertex of the solve belongs to. */
	stepOf(vertex: string): Step | undefined;
}

type VertexEvent = Extract<BuildEvent, {kind: 'vertex'}>;

// The last lines of a step's output, for when it fails.
const keptLines = 20;

/**
 * Matches vertices to steps by the number in their names, `[build 2/5]`: the text behind it is expanded, and digests
 * differ from solve to solve. COPY --link makes two vertices of one number; what ADD fetches is one more, and BuildKit
 * never calls it cached.
 */
export function stepTracker(steps: readonly Step[]): StepTracker {
	const byNumber = new Map<string, Step>();
	for (const step of steps) {
		if (step.number !== undefined) {
			byNumber.set(`${step.number.stage} ${step.number.index}`, step);
		}
	}

	// Two stages that begin alike share a vertex, which the engine reports under the name of one of them.
	const twins = new Map<Vertex, Step[]>();
	for (const step of steps) {
		if (step.vertex !== undefined) {
			twins.set(step.vertex, [...(twins.get(step.vertex) ?? []), step]);
		}
	}

	const twinsOf = (step: Step): readonly Step[] =>
		(step.vertex === undefined ? undefined : twins.get(step.vertex)) ?? [step];

	const vertices = new Map<string, VertexEvent>();
	let restarts = restartsAfterCached();
	const owners = new Map<string, Step>();
	const ofStep = new Map<Step, Set<string>>();
	const output = new Map<Step, string[]>();

	const actual = (step: Step): Actual => {
		const own = twinsOf(step)
			.flatMap(twin => [...(ofStep.get(twin) ?? [])])
			.flatMap(digest => vertices.get(digest) ?? []);
		const failed = own.find(vertex => vertex.error !== undefined && !isCancellation(vertex.error));
		if (failed?.error !== undefined) {
			return {kind: 'failed', message: failed.error, output: output.get(step) ?? []};
		}

		const started = own.flatMap(vertex => vertex.started ?? []);
		const completed = own.flatMap(vertex => vertex.completed ?? []);
		if (started.length === 0 || own.some(vertex => vertex.error !== undefined)) {
			return {kind: 'not-reached'};
		}

		if (completed.length < own.length) {
			return {kind: 'running'};
		}

		const made = step.instruction.kind === 'add' ? own.filter(vertex => vertex.inputs.length > 0) : own;
		const isCached = (vertex: VertexEvent) => vertex.cached && !restarts.hasRun(vertex.digest);
		return made.every(isCached)
			? {kind: 'cached'}
			: {
					kind: 'ran',
					seconds: (Math.max(...completed) - Math.min(...started)) / 1000,
					unclear: own.every(vertex => isCached(vertex) || vertex.inputs.length === 0),
				};
	};

	return {
		actual,
		stepOf: vertex => owners.get(vertex),
		follow(event) {
			if (event.kind === 'log') {
				const step = owners.get(event.vertex);
				if (step !== undefined) {
					const lines = [...(output.get(step) ?? []), ...event.text.split('\n').filter(line => line !== '')];
					output.set(step, lines.slice(-keptLines));
				}

				return undefined;
			}

			if (event.kind === 'progress') {
				restarts.progress(event);
				return undefined;
			}

			if (event.kind === 'restart') {
				restarts = restartsAfterCached();
				for (const told of [vertices, owners, ofStep, output]) {
					told.clear();
				}

				return undefined;
			}

			if (event.kind !== 'vertex') {
				return undefined;
			}

			const step = byNumber.get(numberIn(event.name) ?? '');
			if (step === undefined) {
				return undefined;
			}

			const before = actual(step).kind;
			const known = vertices.get(event.digest);
			if (known?.cached === true && !event.cached) {
				restarts.restart(event);
			}

			vertices.set(event.digest, {
				...known,
				...event,
				// What is reported of the pulling of layers names no inputs.
				inputs: event.inputs.length > 0 ? event.inputs : (known?.inputs ?? []),
				cached: event.cached || known?.cached === true,
			});
			owners.set(event.digest, step);
			ofStep.set(step, (ofStep.get(step) ?? new Set()).add(event.digest));
			return actual(step).kind === before ? undefined : step;
		},
	};
}

function isCancellation(error: string): boolean {
	return /context canceled/.test(error);
}

// `[build  2/12] …`, `[ 2/12] …`, `[linux/arm64 build 2/5] …`: the stage and the index, filled up with blanks.
function numberIn(name: string): string | undefined {
	const [, prefix = '', index] = /^\[\s*(?:(\S.*?)\s+)?(\d+)\/\d+\] /.exec(name) ?? [];
	return index === undefined ? undefined : `${prefix.split(/\s+/).at(-1) ?? ''} ${index}`;
}
