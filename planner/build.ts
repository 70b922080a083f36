import type {Actual} from './actual.ts';
import {type Agreement, countVerdicts, judge} from './agreement.ts';
import {buildTarget, type TargetRun} from './build-target.ts';
import type {BuildProgress, BuildTarget, BuildWish} from './build-wish.ts';
import {allSteps, type BuiltStep} from './built-steps.ts';
import type {Transfer} from './cost/bandwidth.ts';
import type {BuildOutcome, Engine} from './engines/engine.ts';
import type {Pull} from './plan.ts';
import type {Planner} from './planner.ts';
import {runOrdered} from './run-ordered.ts';
import {type StepNames, stepNames} from './step-names.ts';
import {type CacheChange, localCaches} from './store/local-caches.ts';
import {targetOrder} from './target-order.ts';

export interface BuildReport {
	readonly outcome: BuildOutcome;
	/** The target whose solve ended the build, when it did not succeed. */
	readonly failedTarget?: BuildTarget;
	/** All that was planned; of these, what was begun to be built. */
	readonly targets: readonly BuildTarget[];
	readonly built: readonly BuildTarget[];
	readonly steps: readonly BuiltStep[];
	readonly agreement: Agreement;
	/** What became of the local caches that were written. */
	readonly caches: readonly CacheChange[];
	/** Of what the user asked for: the digest that the engine told of its image, for each platform. */
	readonly images: ReadonlyMap<BuildTarget, string>;
	/** Layers that the engine said it fetched, each once. */
	readonly pulled: Pull;
	/** Layers that the engine said it moved, each once in either direction. */
	readonly transfers: readonly Transfer[];
	readonly seconds: number;
}

/**
 * Builds every target but those that have nothing to do (`idle`), each with the one cache that its plan uses, and exports
 * each leaf's layers to a place of its own. Targets that do not wait for each other may be built at the same time. The target the user asked for comes last, so
 * that it is tagged or pushed only when all else is built. A failure ends the build; caches then are as they were before
 * the target that failed.
 */
export async function runBuild(
	planned: readonly BuildTarget[],
	idle: readonly BuildTarget[],
	planner: Planner,
	engine: Engine,
	wish: BuildWish,
	onProgress: (progress: BuildProgress) => void,
	signal: AbortSignal,
): Promise<BuildReport> {
	const started = Date.now();
	const built = new Map<string, BuiltStep>();
	const pulled = new Map<string, number>();
	const moved = new Map<string, Transfer>();
	const begun = new Set<BuildTarget>();
	const runs: TargetRun[] = [];
	const outcomes = new Map<number, BuildOutcome>();
	const stores = localCaches(wish.keep, started);
	const targets = planned.filter(target => !idle.includes(target));
	const names = stepNames(planned.map(({plan}) => plan));
	const order = targetOrder(targets, wish, names);
	const done = targets.map(() => new Set<string>());
	const run = () =>
		runOrdered<TargetRun>({
			jobs: wish.jobs,
			signal,
			isGood: run => run.outcome.kind === 'built',
			tasks: targets.map((target, place) => ({
				after: order[place]?.after ?? [],
				mayBegin: isDone =>
					order[place]?.shared.every(
						({place: other, steps}) => isDone(other) || steps.every(name => done[other]?.has(name)),
					) ?? true,
				run: async (show, ended, wake) => {
					begun.add(target);
					show(() => onProgress({kind: 'target', target}));
					const tell = (progress: BuildProgress) =>
						show(() => {
							// What an earlier target has settled is not told twice.
							if (
								progress.kind !== 'step' ||
								!isReached(built.get(names.nameOf(target.plan, progress.forecast.step)))
							) {
								onProgress(progress);
							}
						});
					const run = await buildTarget({
						target,
						planner,
						engine,
						wish,
						stores,
						pulled,
						moved,
						tell,
						onDone: step => {
							done[place]?.add(names.nameOf(target.plan, step));
							wake();
						},
						signal: ended,
					});
					runs.push(run);
					return run;
				},
				settle: run => {
					outcomes.set(place, run.outcome);
					settle(run, runs, built, names, onProgress);
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

	// A target that was done before another one ran what they share did not see it.
	for (const [name, step] of built) {
		const actual = step.forecast.outcome === 'hit' ? undefined : ranElsewhere(name, runs, names.nameOf);
		if (actual !== undefined && (step.actual.kind === 'cached' || step.actual.kind === 'running')) {
			built.set(name, {...step, actual, verdict: judge(step.forecast.outcome, actual)});
		}
	}

	const steps = allSteps(planned, names, built);
	const failedTarget = wrong === undefined ? undefined : targets[wrong];
	return {
		outcome: outcomes.get(wrong ?? targets.length - 1) ?? {kind: 'aborted'},
		...(failedTarget !== undefined && {failedTarget}),
		targets: planned,
		built: targets.filter(target => begun.has(target)),
		steps,
		agreement: countVerdicts(steps.map(step => step.verdict)),
		caches: stores.changes(),
		images: new Map(
			[...outcomes].flatMap(([place, outcome]) => {
				const target = targets[place];
				return target?.isFinal === true && outcome.kind === 'built' && outcome.imageDigest !== undefined
					? [[target, outcome.imageDigest]]
					: [];
			}),
		),
		transfers: [...moved.values()],
		pulled: {layers: pulled.size, bytes: [...pulled.values()].reduce((sum, bytes) => sum + bytes, 0)},
		seconds: (Date.now() - started) / 1000,
	};
}

function settle(
	{target, forecasts, steps, actualOf, told}: TargetRun,
	runs: readonly TargetRun[],
	built: Map<string, BuiltStep>,
	{nameOf, platformsOf}: StepNames,
	onProgress: (progress: BuildProgress) => void,
): void {
	const {plan} = target;
	for (const forecast of forecasts.filter(({step}) => !isReached(built.get(nameOf(plan, step))))) {
		const name = nameOf(plan, forecast.step);
		// What two stages have in common and an earlier target built is in the builder by now, whatever was forecast.
		const twin = steps
			.filter(({vertex}) => vertex === forecast.step.vertex)
			.map(step => built.get(nameOf(plan, step)))
			.find(isReached);
		const own = twin?.actual ?? actualOf(forecast.step);
		const actual =
			own.kind === 'cached' && forecast.outcome === 'miss' ? (ranElsewhere(name, runs, nameOf) ?? own) : own;
		if (told(forecast) !== actual.kind && actual.kind !== 'not-reached' && actual.kind !== 'running') {
			onProgress({kind: 'step', target, forecast, actual});
		}

		built.set(name, {forecast, platforms: platformsOf(name), actual, verdict: judge(forecast.outcome, actual)});
	}
}

// Of a step in two solves BuildKit may tell only one of them that it ended.
function isReached(step: BuiltStep | undefined): boolean {
	return step !== undefined && step.actual.kind !== 'not-reached' && step.actual.kind !== 'running';
}

// Of two targets built at the same time one runs what they share, and the other finds it cached.
function ranElsewhere(name: string, runs: readonly TargetRun[], nameOf: StepNames['nameOf']): Actual | undefined {
	return runs
		.flatMap(run => run.steps.filter(step => nameOf(run.target.plan, step) === name).map(same => run.actualOf(same)))
		.find(({kind}) => kind === 'ran');
}
