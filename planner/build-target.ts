import type {Step} from '../analyzer/index.ts';
import {type Actual, stepTracker} from './actual.ts';
import {buildFiles} from './build-files.ts';
import {exportPlaces, readPlaces, requestFor} from './build-request.ts';
import type {BuildProgress, BuildTarget, BuildWish} from './build-wish.ts';
import type {Transfer} from './cost/bandwidth.ts';
import type {BuildEvent, BuildOutcome, Engine} from './engines/engine.ts';
import type {StepForecast} from './forecast.ts';
import type {Planner} from './planner.ts';
import type {LocalCaches} from './store/local-caches.ts';

export interface TargetInput {
	readonly target: BuildTarget;
	readonly planner: Planner;
	readonly engine: Engine;
	readonly wish: BuildWish;
	readonly stores: LocalCaches;
	/** Takes in what the engine fetches: bytes by the digest of a layer. */
	readonly pulled: Map<string, number>;
	/** Takes in what layers it moves and how long that takes, each once. */
	readonly moved: Map<string, Transfer>;
	tell(progress: BuildProgress): void;
	/** A step has ended, cached or run. */
	onDone(step: Step): void;
	readonly signal: AbortSignal;
}

/** One solve that has ended. */
export interface TargetRun {
	readonly target: BuildTarget;
	readonly outcome: BuildOutcome;
	/** Of the steps that are cached or run. */
	readonly forecasts: readonly StepForecast[];
	readonly steps: readonly Step[];
	actualOf(step: Step): Actual;
	/** What was last told of a step while it went on. */
	told(forecast: StepForecast): Actual['kind'] | undefined;
}

// A step that took less may still turn out to be cached.
const settleSeconds = 0.2;

/** Builds one target, and takes its local exports over when it succeeded. */
export async function buildTarget(input: TargetInput): Promise<TargetRun> {
	const {target, planner, engine, wish, stores, pulled, moved, tell, onDone, signal} = input;
	const forecasts = target.plan.stages.flatMap(({steps}) => steps).filter(({outcome}) => outcome !== 'none');
	const byId = new Map(forecasts.map(forecast => [forecast.step.id, forecast]));
	const steps = target.plan.stages.flatMap(stage => stage.steps.map(({step}) => step));
	const tracker = stepTracker(steps);
	const layers = forecasts.flatMap(({result}) => result?.layers ?? []);
	const sizes = new Map<string, number>(layers.map(({blob, size}) => [blob, size ?? 0]));
	const told = new Map<string, Actual['kind']>();
	const onEvent = (event: BuildEvent): void => {
		const step = tracker.follow(event);
		const forecast = step === undefined ? undefined : byId.get(step.id);
		if (step !== undefined && forecast !== undefined) {
			const actual = tracker.actual(step);
			if (actual.kind === 'ran' || actual.kind === 'cached') {
				onDone(step);
			}

			// A step found in a cache is first reported as begun and ended, then as cached.
			const isSettled = actual.kind !== 'ran' || actual.seconds > settleSeconds;
			if (isSettled && actual.kind !== 'not-reached' && told.get(step.id) !== actual.kind) {
				told.set(step.id, actual.kind);
				tell({kind: 'step', target, forecast, actual});
			}
		}

		if (event.kind === 'message') {
			tell({kind: 'message', text: event.text});
		}

		if (event.kind === 'progress' && event.layer !== undefined) {
			// The Docker Engine's own worker does not say how much: then it is all of the layer.
			const bytes = event.bytes || (sizes.get(event.layer) ?? 0);
			pulled.set(event.layer, Math.max(pulled.get(event.layer) ?? 0, bytes));
		}

		if (event.kind === 'transfer') {
			moved.set(`${event.direction} ${event.layer}`, event);
		}

		const logged = event.kind === 'log' ? byId.get(tracker.stepOf(event.vertex)?.id ?? '') : undefined;
		if (event.kind === 'log' && logged !== undefined) {
			tell({kind: 'log', forecast: logged, text: event.text});
		}
	};

	const files = await buildFiles(planner.workspace, planner.dockerfile, target.stage ?? target.leaf ?? target.label);
	const {specs, exports} = await exportPlaces(target, planner, wish, stores);
	try {
		const cacheFrom = await readPlaces(target, wish, stores);
		const request = requestFor(target, planner, wish, files, cacheFrom, specs);
		const outcome = await engine.build(request, onEvent, signal);
		for (const one of exports) {
			await (outcome.kind === 'built' ? one.commit() : one.discard());
		}

		return {
			target,
			outcome,
			forecasts,
			steps,
			actualOf: step => tracker.actual(step),
			told: ({step}) => told.get(step.id),
		};
	} finally {
		await Promise.all(exports.map(one => one.discard()));
		await files.remove();
	}
}
