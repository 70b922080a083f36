import {
	type BuildReport,
	type BuildTarget,
	type BuildWish,
	type Engine,
	formatPlatform,
	joinStages,
	type Keep,
	runBuild,
	settledTargets,
	unbuiltReport,
} from '../../planner/index.ts';
import {liveView} from '../render/live-view.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {outputOf, type PlannedBuild} from './plan-build.ts';

/** What of a plan is built, and how. */
export interface PlannedRun {
	readonly planned: PlannedBuild;
	readonly targets: readonly BuildTarget[];
	/** The names that the engine itself gives the image. */
	readonly tags: readonly string[];
	readonly keep: Keep;
	readonly engine: Engine;
}

/** Builds targets of a plan, its progress told on stderr, and joins the images of stages to one cache. */
export async function runPlanned(
	run: PlannedRun,
	flags: BuildCommandFlags,
	command: CommandContext,
): Promise<BuildReport> {
	const report = await build(run, flags, command);
	await joinImages(run, report, command);
	return report;
}

async function build(
	{planned: {planner, request}, targets, tags, keep, engine}: PlannedRun,
	flags: BuildCommandFlags,
	{streams, errorStyle, interruptSignal}: CommandContext,
): Promise<BuildReport> {
	const view = liveView(streams, errorStyle);
	const {platform} = request.options;
	const shmSize = request.execOptions.shmSize;
	// Without a way to export, a cache of the default place is not asked for; what the user asked for the engine refuses itself.
	const canExport = engine.info.canExportCache || request.cacheTo.length > 0;
	if (!canExport) {
		streams.err(
			`${errorStyle.warning('warning')} this engine cannot export caches: only the target is built, and a fresh machine will find no layers\n`,
		);
	}

	try {
		const started = performance.now();
		const wish: BuildWish = {
			cwd: request.cwd,
			buildArgs: request.options.buildArgs,
			...(platform !== undefined && {platform: formatPlatform(platform)}),
			contexts: request.contexts,
			tags,
			output: outputOf(flags),
			cacheTo: request.cacheTo,
			exportDefault: canExport,
			keep,
			jobs: flags.jobs,
			pull: flags.pull === true,
			run: {
				...(flags.network !== undefined && {network: flags.network}),
				addHosts: flags.addHost,
				...(shmSize > 0 && {shmSize}),
				ulimits: flags.ulimit,
				...(flags.cgroupParent !== undefined && {cgroupParent: flags.cgroupParent}),
				secrets: flags.secret,
				ssh: flags.ssh,
			},
		};
		const settled = flags.strict === true ? [] : settledTargets(targets, planner, wish);
		const rest = targets.filter(target => !settled.includes(target));
		if (settled.length > 0) {
			const labels = settled.map(({label}) => label).join(', ');
			streams.err(`${errorStyle.dim(`all steps hit, and the cache holds nothing else: not built: ${labels}`)}\n`);
		}

		return rest.length === 0
			? unbuiltReport(targets, {kind: 'built'}, (performance.now() - started) / 1000)
			: await runBuild(rest, planner, engine, wish, view.show, interruptSignal());
	} finally {
		view.end();
	}
}

async function joinImages(
	{planned: {planner, request, client, writer}, targets}: PlannedRun,
	{outcome}: BuildReport,
	{streams, errorStyle}: CommandContext,
): Promise<void> {
	if (writer === undefined || outcome.kind === 'aborted') {
		return;
	}

	for (const joined of await joinStages({planner, targets, cacheTo: request.cacheTo, client, writer})) {
		if (joined.kind === 'failed') {
			const loss = 'the images of stages are there, but are not joined to one cache';
			streams.err(`${errorStyle.warning('warning')} ${loss}: ${joined.reason}\n`);
		}
	}
}
