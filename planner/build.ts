import type {Actual} from './actual.ts';
import {type Agreement, countVerdicts, judge, type Verdict} from './agreement.ts';
import {buildTarget, type TargetRun} from './build-target.ts';
import {targetOrder} from './build-targets.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import type {ContextSpec} from './context-flag.ts';
import type {BuildOutcome, BuildRequest, Engine, RunOptions} from './engines/engine.ts';
import type {StepForecast} from './forecast.ts';
import type {NoCache} from './ignores-cache.ts';
import type {Leaf} from './leaf-caches.ts';
import type {Plan, Pull} from './plan.ts';
import type {Planner} from './planner.ts';
import {runOrdered} from './run-ordered.ts';

/** What is wanted of a build beside the plan. */
export interface BuildWish {
	readonly cwd: string;
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly platform?: string;
	readonly contexts: readonly ContextSpec[];
	readonly tags: readonly string[];
	readonly output: BuildRequest['output'];
	/** `--cache-to`; none: the default cache. */
	readonly cacheTo: readonly CacheSpec[];
	/** The default cache is written when no `--cache-to` is given. */
	readonly exportDefault: boolean;
	readonly noCache: NoCache;
	readonly pull: boolean;
	/** Options of RUN, as on buildx's command line. */
	readonly run: RunOptions;
	/** How many targets are built at the same time. */
	readonly jobs: number;
}

/** One solve of a build: a stage, or the target the user asked for. */
export interface BuildTarget {
	/** The stage's name as BuildKit shows it. */
	readonly label: string;
	/** The stage, where it is built for its own sake. */
	readonly stage?: Leaf;
	/** The leaf whose cache is exported. */
	readonly leaf?: Leaf;
	/** What it is pushed as for the cache of its stage. */
	readonly images: readonly string[];
	readonly plan: Plan;
	/** It is what the user asked for: its image is tagged, loaded or pushed. */
	readonly isFinal: boolean;
}

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
	/** Layers that the engine said it fetched, each once. */
	readonly pulled: Pull;
	readonly seconds: number;
}

/** What a build tells while it goes on. */
export type BuildProgress =
	| {readonly kind: 'target'; readonly target: BuildTarget}
	| {readonly kind: 'step'; readonly target: BuildTarget; readonly forecast: StepForecast; readonly actual: Actual}
	| {readonly kind: 'log'; readonly forecast: StepForecast; readonly text: string}
	| {readonly kind: 'message'; readonly text: string};

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
	const order = targetOrder(targets, wish.cacheTo.length === 0 || wish.cacheTo.some(({kind}) => kind === 'local'));
	const wrong = await runOrdered<TargetRun>({
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
				const run = await buildTarget({target, planner, engine, wish, pulled, tell, signal: ended});
				runs.push(run);
				return run;
			},
			settle: run => {
				outcomes.set(place, run.outcome);
				settle(run, runs, built, onProgress);
			},
		})),
	});
	const failedTarget = wrong === undefined ? undefined : targets[wrong];
	return {
		outcome: outcomes.get(wrong ?? targets.length - 1) ?? {kind: 'aborted'},
		...(failedTarget !== undefined && {failedTarget}),
		targets,
		steps: [...built.values()],
		agreement: countVerdicts([...built.values()].map(step => step.verdict)),
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
