import {
	type BuildReport,
	type BuildTarget,
	type BuildWish,
	type Engine,
	joinStages,
	type Keep,
	runBuild,
	settledTargets,
	unbuiltReport,
} from '../../planner/index.ts';
import {liveView} from '../render/live-view.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {noteLedgers} from './note-ledgers.ts';
import {noteUse} from './note-use.ts';
import {outputOf, type PlannedBuild, secondsOf} from './plan-build.ts';
import {runOptions} from './run-options.ts';

/** What of a plan is built, and how. */
export interface PlannedRun {
	readonly planned: PlannedBuild;
	/** Of its targets those that need no engine. */
	readonly known: readonly BuildTarget[];
	/** The names that the engine itself gives an image. */
	readonly tagsOf: BuildWish['tagsOf'];
	readonly keep: Keep;
	readonly engine: Engine;
}

/**
 * Builds targets of a plan, its progress told on stderr, joins the images of stages to one cache, and notes beside each
 * cache what its steps were made of.
 */
export async function runPlanned(
	run: PlannedRun,
	flags: BuildCommandFlags,
	command: CommandContext,
): Promise<BuildReport> {
	const report = await build(run, flags, command);
	await joinImages(run, report, command);
	await noteLedgers(run.planned, run.engine, report, command);
	return report;
}

async function build(
	{planned, known, tagsOf, keep, engine}: PlannedRun,
	flags: BuildCommandFlags,
	{streams, errorStyle, talk, interruptSignal}: CommandContext,
): Promise<BuildReport> {
	const view = liveView({...streams, err: talk.say}, errorStyle);
	const {request, targets, planners} = planned;
	const [planner] = planners;
	// Without a way to export, a cache of the default place is not asked for; what the user asked for the engine refuses itself.
	const canExport = engine.info.canExportCache || request.cacheTo.length > 0;
	if (!canExport) {
		talk.say(
			`${errorStyle.warning('warning')} this engine cannot export caches: only the target is built, and a fresh machine will find no layers\n`,
		);
	}

	try {
		const wish: BuildWish = {
			cwd: request.cwd,
			buildArgs: request.options.buildArgs,
			contexts: request.contexts,
			tagsOf,
			output: outputOf(flags),
			cacheTo: request.cacheTo,
			exportDefault: canExport,
			keep,
			jobs: flags.jobs,
			pull: flags.pull === true,
			run: {...runOptions(flags, request), secrets: flags.secret, ssh: flags.ssh},
		};
		const rest = targets.filter(target => !known.includes(target));
		const settled = flags.strict === true ? [] : settledTargets(rest, planner, wish);
		const idle = [...known, ...settled];
		if (settled.length > 0) {
			const labels = settled.map(({title}) => title).join(', ');
			talk.say(`${errorStyle.dim(`all steps hit, and the cache needs no change: not built: ${labels}`)}\n`);
		}

		const limited = settled.length > 0 ? await noteUse(planned, settled, keep) : [];
		const report =
			idle.length === targets.length
				? unbuiltReport(targets, {kind: 'built'}, secondsOf(planned))
				: await runBuild(targets, idle, planner, engine, wish, view.show, interruptSignal());
		return {...report, caches: [...limited, ...report.caches]};
	} finally {
		view.end();
	}
}

async function joinImages(
	{planned: {planners, request, client, writer, targets}}: PlannedRun,
	{outcome}: BuildReport,
	{errorStyle, talk}: CommandContext,
): Promise<void> {
	if (writer === undefined || outcome.kind === 'aborted') {
		return;
	}

	const {cacheTo} = request;
	const joins = await Promise.all(
		planners.map(planner => {
			const own = targets.filter(({platform}) => platform === planner.places.platform);
			return joinStages({planner, targets: own, cacheTo, client, writer});
		}),
	);
	for (const joined of joins.flat()) {
		if (joined.kind === 'failed') {
			const loss = 'the images of stages are there, but are not joined to one cache';
			talk.say(`${errorStyle.warning('warning')} ${loss}: ${joined.reason}\n`);
		}
	}
}
