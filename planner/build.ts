import type {Actual} from './actual.ts';
import {type Agreement, countVerdicts, judge, type Verdict} from './agreement.ts';
import {buildTarget, type TargetRun} from './build-target.ts';
import {targetOrder} from './build-targets.ts';
import type {BuildProgress, BuildTarget, BuildWish} from './build-wish.ts';
import type {BuildOutcome, Engine} from './engines/engine.ts';
import type {StepForecast} from './forecast.ts';
import type {Pull} from './plan.ts';
import type {Planner} from './planner.ts';
import {runOrdered} from './run-ordered.ts';
import {type CacheChange, localCaches} from './store/local-caches.ts';

/** One step of a build and what became of its forecast; a step that several targets share counts once. */
export interface BuiltStep {
	readonly forecast: StepForecast;
	readonly actual: Actual;
	readonly verdict: Verdict;
}

export interface BuildReport {
	readonly outcome: BuildOutcome;
	/** The target whose solve ended the build, when it did not succeed. */
	readonly failedTarget?: BuildTarget;
	readonly targets: readonly BuildTarget[];
	readonly steps: readonly BuiltStep[];
	readonly agreement: Agreement;
	/** What became of the local caches that were written. */
	readonly caches: readonly CacheChange[];
	/** Layers that the engine said it fetched, each once. */
	readonly pulled: Pull;
	readonly seconds: number;
}

/**
 * Builds every target, each with the one cache that its plan uses, and exports each leaf's layers to a place of its own.
 * Targets that do not wait for each other may be built at the same time. The target the user asked for comes last, so
 * that it is tagged or pushed only when all else is built. A failure ends the build; caches then are as they were before
 * the target that failed.
 */
export async function runBuild(
	targets: readonly BuildTarget[],
	planner: Planner,
	engine: Engine,
	wish: BuildWish,
	onProgress: (progress: BuildProgress) => void,
	signal: AbortSignal,
): Promise<BuildReport> {
	const started = Date.now();
	const built = new Map<string, BuiltStep>();
	const pulled = new Map<string, number>();
	const runs: TargetRun[] = [];
	const outcomes = new Map<number, BuildOutcome>();
	const stores = localCaches(wish.keep, started);
	const order = targetOrder(targets);
	const run = () =>
		runOrdered<TargetRun>({
			jobs: wish.jobs,
			signal,
			isGood: run => run.outcome.kind === 'built',
			tasks: targets.map((target, place) => ({
				after: order[place] ?? [],
				run: async (show, ended) => {
					show(() => onProgress({kind: 'target', target}));
					const tell = (progress: BuildProgress) =>
						show(() => {
							// What an earlier target has settled is not told twice.
							if (progress.kind !== 'step' || !built.has(progress.forecast.step.id)) {
								onProgress(progress);
							}
						});
					const run = await buildTarget({target, planner, engine, wish, stores, pulled, tell, signal: ended});
					runs.push(run);
					return run;
				},
				settle: run => {
					outcomes.set(place, run.outcome);
					settle(run, runs, built, onProgress);
				},
			})),
		});
	let wrong: number | undefined;
	try {
		wrong = await run();
		if (wrong === undefined) {
			await stores.finish();
		}
	} finally {
		await stores.close();
	}

	const failedTarget = wrong === undefined ? undefined : targets[wrong];
	return {
		outcome: outcomes.get(wrong ?? targets.length - 1) ?? {kind: 'aborted'},
		...(failedTarget !== undefined && {failedTarget}),
		targets,
		steps: [...built.values()],
		agreement: countVerdicts([...built.values()].map(step => step.verdict)),
		caches: stores.changes(),
		pulled: {layers: pulled.size, bytes: [...pulled.values()].reduce((sum, bytes) => sum + bytes, 0)},
		seconds: (Date.now() - started) / 1000,
	};
}

function settle(
	{target, forecasts, steps, actualOf, told}: TargetRun,
	runs: readonly TargetRun[],
	built: Map<string, BuiltStep>,
	onProgress: (progress: BuildProgress) => void,
): void {
	for (const forecast of forecasts.filter(({step}) => !built.has(step.id))) {
		// What two stages have in common and an earlier target built is in the builder by now, whatever was forecast.
		const twin = steps.find(step => step.vertex === forecast.step.vertex && built.has(step.id));
		const own = built.get(twin?.id ?? '')?.actual ?? actualOf(forecast.step);
		const actual = own.kind === 'cached' && forecast.outcome === 'miss' ? (ranElsewhere(forecast, runs) ?? own) : own;
		if (told(forecast) !== actual.kind && actual.kind !== 'not-reached') {
			onProgress({kind: 'step', target, forecast, actual});
		}

		built.set(forecast.step.id, {forecast, actual, verdict: judge(forecast.outcome, actual)});
	}
}

// Of two targets built at the same time one runs what they share, and the other finds it cached.
function ranElsewhere({step}: StepForecast, runs: readonly TargetRun[]): Actual | undefined {
	return runs
		.flatMap(run => run.steps.filter(({id}) => id === step.id).map(same => run.actualOf(same)))
		.find(({kind}) => kind === 'ran');
}
