import nodePath from 'node:path';
import {type Actual, stepTracker} from './actual.ts';
import {type Agreement, countVerdicts, judge, type Verdict} from './agreement.ts';
import {buildFiles} from './build-files.ts';
import {formatCacheSpec} from './caches/cache-flag.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {type ContextSpec, formatContextSpec} from './context-flag.ts';
import type {BuildEvent, BuildOutcome, BuildRequest, Engine, RunOptions} from './engines/engine.ts';
import type {StepForecast} from './forecast.ts';
import {type Leaf, leafCache} from './leaf-caches.ts';
import type {Plan} from './plan.ts';
import type {Planner} from './planner.ts';
import type {Keep} from './store/keep.ts';
import {type CacheChange, type LocalCaches, localCaches, type PendingExport} from './store/local-caches.ts';

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
	/** What stays in local caches beside what this build uses. */
	readonly keep: Keep;
	readonly pull: boolean;
	/** Options of RUN, as on buildx's command line. */
	readonly run: RunOptions;
}

/** One solve of a build: a leaf, or a target inside one. */
export interface BuildTarget {
	/** The stage's name as BuildKit shows it. */
	readonly label: string;
	readonly leaf?: Leaf;
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
	/** What became of the local caches that were written. */
	readonly caches: readonly CacheChange[];
	readonly seconds: number;
}

/** What a build tells while it goes on. */
export type BuildProgress =
	| {readonly kind: 'target'; readonly target: BuildTarget}
	| {readonly kind: 'step'; readonly target: BuildTarget; readonly forecast: StepForecast; readonly actual: Actual}
	| {readonly kind: 'log'; readonly forecast: StepForecast; readonly text: string}
	| {readonly kind: 'message'; readonly text: string};

/**
 * Builds every target in order, each with the one cache that its plan uses, and exports each leaf's layers to a place
 * of its own. The target the user asked for comes last, so that it is tagged or pushed only when all else is built. A
 * failure ends the build; caches then are as they were before the target that failed.
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
	const stores = localCaches(wish.keep, started);
	const report = (outcome: BuildOutcome, failedTarget?: BuildTarget): BuildReport => ({
		outcome,
		...(failedTarget !== undefined && {failedTarget}),
		targets,
		steps: [...built.values()],
		agreement: countVerdicts([...built.values()].map(step => step.verdict)),
		caches: stores.changes(),
		seconds: (Date.now() - started) / 1000,
	});
	let outcome: BuildOutcome = {kind: 'built'};
	try {
		for (const target of targets) {
			onProgress({kind: 'target', target});
			outcome = await buildTarget(target, planner, engine, wish, stores, built, onProgress, signal);
			if (outcome.kind !== 'built') {
				return report(outcome, target);
			}
		}

		await stores.finish();
		return report(outcome);
	} finally {
		await stores.close();
	}
}

// A step that took less may still turn out to be cached.
const settleSeconds = 0.2;

async function buildTarget(
	target: BuildTarget,
	planner: Planner,
	engine: Engine,
	wish: BuildWish,
	stores: LocalCaches,
	built: Map<string, BuiltStep>,
	onProgress: (progress: BuildProgress) => void,
	signal: AbortSignal,
): Promise<BuildOutcome> {
	const forecasts = target.plan.stages
		.flatMap(({steps}) => steps)
		.filter(({outcome, step}) => outcome !== 'none' && !built.has(step.id));
	const byId = new Map(forecasts.map(forecast => [forecast.step.id, forecast]));
	const allSteps = target.plan.stages.flatMap(({steps}) => steps.map(({step}) => step));
	const tracker = stepTracker(allSteps);
	const told = new Map<string, Actual['kind']>();
	const tell = (forecast: StepForecast, actual: Actual): void => {
		if (told.get(forecast.step.id) !== actual.kind && actual.kind !== 'not-reached') {
			told.set(forecast.step.id, actual.kind);
			onProgress({kind: 'step', target, forecast, actual});
		}
	};

	const onEvent = (event: BuildEvent): void => {
		const step = tracker.follow(event);
		const forecast = step === undefined ? undefined : byId.get(step.id);
		if (step !== undefined && forecast !== undefined) {
			const actual = tracker.actual(step);
			// A step found in a cache is first reported as begun and ended, then as cached.
			if (actual.kind !== 'ran' || actual.seconds > settleSeconds) {
				tell(forecast, actual);
			}
		}

		if (event.kind === 'message') {
			onProgress({kind: 'message', text: event.text});
		}

		const logged = event.kind === 'log' ? byId.get(tracker.stepOf(event.vertex)?.id ?? '') : undefined;
		if (event.kind === 'log' && logged !== undefined) {
			onProgress({kind: 'log', forecast: logged, text: event.text});
		}
	};

	const files = await buildFiles(planner.workspace, planner.dockerfile, target.leaf ?? target.label);
	const {specs, exports} = await exportPlaces(target, planner, wish, stores);
	try {
		const cacheFrom = await readPlaces(target, wish, stores);
		const outcome = await engine.build(requestFor(target, planner, wish, files, cacheFrom, specs), onEvent, signal);
		for (const one of exports) {
			await (outcome.kind === 'built' ? one.commit() : one.discard());
		}

		for (const forecast of forecasts) {
			// What two stages have in common and an earlier target built is in the builder by now, whatever was forecast.
			const twin = allSteps.find(step => step.vertex === forecast.step.vertex && built.has(step.id));
			const actual = built.get(twin?.id ?? '')?.actual ?? tracker.actual(forecast.step);
			tell(forecast, actual);
			built.set(forecast.step.id, {forecast, actual, verdict: judge(forecast.outcome, actual)});
		}

		return outcome;
	} finally {
		await Promise.all(exports.map(one => one.discard()));
		await files.remove();
	}
}

function requestFor(
	{plan, isFinal}: BuildTarget,
	{workspace, contextPaths}: Planner,
	wish: BuildWish,
	files: {readonly dockerfile: string; readonly target?: string},
	cacheFrom: readonly CacheSpec[],
	cacheTo: readonly CacheSpec[],
): BuildRequest {
	return {
		contextDir: workspace.contextDir,
		dockerfile: files.dockerfile,
		...(files.target !== undefined && {target: files.target}),
		buildArgs: [...wish.buildArgs],
		...(wish.platform !== undefined && {platform: wish.platform}),
		buildContexts: wish.contexts.map(spec => formatContextSpec(spec, wish.cwd)),
		cacheFrom: cacheFrom.map(spec => formatCacheSpec(spec, 'from')),
		cacheTo: cacheTo.map(spec => formatCacheSpec(spec, 'to')),
		output: isFinal ? wish.output : 'none',
		tags: isFinal ? wish.tags : [],
		noCache: plan.noCache,
		pull: wish.pull,
		run: wish.run,
		contextPaths,
	};
}

async function readPlaces({plan}: BuildTarget, {cwd}: BuildWish, stores: LocalCaches): Promise<readonly CacheSpec[]> {
	return Promise.all(
		plan.caches
			.filter(({used}) => used)
			.map(async ({reading}) => {
				const spec = absolute(reading.spec, cwd);
				return spec.kind === 'local' ? {...spec, dir: await stores.readFrom(spec.dir)} : spec;
			}),
	);
}

// mode=max unless the user says otherwise: buildx's own default leaves out every stage but the last.
async function exportPlaces(
	{leaf, isFinal}: BuildTarget,
	planner: Planner,
	{cacheTo, cwd, exportDefault}: BuildWish,
	stores: LocalCaches,
): Promise<{readonly specs: readonly CacheSpec[]; readonly exports: readonly PendingExport[]}> {
	const specs: CacheSpec[] = [];
	const exports: PendingExport[] = [];
	for (const wanted of cacheTo.length > 0 || !exportDefault ? cacheTo : [planner.defaultCache]) {
		if (wanted.kind === 'inline') {
			// Inline cache is part of an image, so only an image can carry it.
			specs.push(...(isFinal ? [wanted] : []));
			continue;
		}

		const own = leaf === undefined ? undefined : leafCache(absolute(wanted, cwd), leaf);
		if (leaf === undefined || own === undefined) {
			continue;
		}

		const withMode: CacheSpec = {...own, attributes: {mode: 'max', ...own.attributes}};
		if (withMode.kind === 'local') {
			const mainTag = wanted.kind === 'local' ? wanted.tag : withMode.tag;
			const staged = await stores.stage(withMode.dir, {tag: withMode.tag, mainTag, target: leaf.label});
			exports.push(...(staged === undefined ? [] : [staged]));
			specs.push(...(staged === undefined ? [] : [{...withMode, dir: staged.dir}]));
		} else {
			specs.push(withMode);
		}
	}

	return {specs, exports};
}

function absolute(spec: CacheSpec, cwd: string): CacheSpec {
	return spec.kind === 'local' ? {...spec, dir: nodePath.resolve(cwd, spec.dir)} : spec;
}
