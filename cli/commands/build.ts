import {
	type BuildReport,
	type BuildTarget,
	type Engine,
	findEngine,
	type Keep,
	type Planner,
	type PlanRequest,
	parseKeep,
	pushedNames,
	runBuild,
	stepsToRun,
	unbuiltReport,
	type WantedTag,
	wantedTags,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {planRequest} from '../options.ts';
import {buildJson, buildSchemaVersion} from '../render/build-json.ts';
import {renderFailure, renderReport} from '../render/build-text.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {liveView} from '../render/live-view.ts';
import {renderPlan} from '../render/plan-text.ts';
import {renderUncached} from '../render/uncached-text.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';
import {type PlannedBuild, planBuild} from './plan-build.ts';
import {lookUpImage, mayTagWithoutEngine, publish, publishKnown, reportReused} from './publish.ts';

/** `cachecast build`: prints the forecast, builds every stage, exports their layers, and says how right the forecast was. */
export async function runBuildCommand(
	context: string,
	flags: BuildCommandFlags,
	command: CommandContext,
): Promise<number> {
	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (flags.push === true && flags.tag.length === 0) {
		return command.fail({message: '--push needs a name for the image', hint: 'add -t registry/name:tag'});
	}

	const keep = parseKeep(flags.keep);
	if (keep.kind === 'invalid') {
		return command.fail(keep);
	}

	const {cacheTo} = parsed.request;
	if (flags.keep.length > 0 && cacheTo.length > 0 && cacheTo.every(({kind}) => kind !== 'local')) {
		return command.fail({
			message: '--keep limits caches of type "local", and none is written',
			hint: 'leave it out: what a registry keeps is up to the registry',
		});
	}

	const wanted = flags.push === true ? wantedTags(flags.tag) : undefined;
	if (wanted?.kind === 'invalid') {
		return command.fail(wanted);
	}

	const tags = wanted?.tags ?? [];
	if (tags.length > 0 && mayTagWithoutEngine(flags, command.env)) {
		const planned = await planBuild(parsed.request, flags, command);
		if (planned.kind === 'planned' && stepsToRun(planned.targets).length === 0) {
			const reused = await publishKnown(planned, await lookUpImage(planned, tags, flags, command));
			if (reused?.kind === 'published') {
				showPlans(planned, context, command);
				return reportReused(planned, reused.tags, context, flags, command);
			}
		}
	}

	const search = await findEngine({
		env: command.env,
		homeDir: command.homeDir,
		needsCacheExport: true,
		...(flags.engine !== undefined && {wanted: flags.engine}),
		...(flags.builder !== undefined && {builder: flags.builder}),
	});
	if (search.kind === 'none') {
		if (flags.requireCached === true) {
			const planned = await planBuild(parsed.request, flags, command);
			const code = planned.kind === 'planned' ? refuseUncached(planned, context, flags, command) : undefined;
			if (code !== undefined) {
				return code;
			}
		}

		const tried = search.tried.map(({what, problem}) => `${what} (${problem})`).join('; ');
		command.fail({
			message: `no Docker engine can be reached; tried: ${tried}`,
			hint: 'start Docker, or point DOCKER_HOST or a docker context at one; plan and lint need none',
		});
		return exitCode.findings;
	}

	const {engine, reason} = search;
	try {
		command.streams.err(`${command.errorStyle.dim(`engine  ${reason}`)}\n`);
		const request: PlanRequest = {
			...onEngine(parsed.request, engine, flags.pull === true),
			writesDefault: cacheTo.length === 0 && engine.info.canExportCache,
		};
		return await planAndBuild(request, tags, context, flags, keep.keep, engine, command);
	} finally {
		await engine.close();
	}
}

async function planAndBuild(
	request: PlanRequest,
	tags: readonly WantedTag[],
	context: string,
	flags: BuildCommandFlags,
	keep: Keep,
	engine: Engine,
	command: CommandContext,
): Promise<number> {
	const {streams, errorStyle} = command;
	const planned = await planBuild(request, flags, command, engine.info);
	if (planned.kind === 'failed') {
		return command.fail(planned.problem);
	}

	if (planned.kind === 'mistakes') {
		const {source, diagnostics} = planned;
		if (flags.format === 'json') {
			const mistakes = mistakesJson(buildSchemaVersion, {dockerfile: source.path, context}, diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		streams.err(renderDiagnostics(diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	showPlans(planned, context, command);
	const refused = refuseUncached(planned, context, flags, command);
	if (refused !== undefined) {
		return refused;
	}

	const found = await lookUpImage(planned, tags, flags, command);
	const reused = await publishKnown(planned, found);
	if (reused?.kind === 'published') {
		return reportReused(planned, reused.tags, context, flags, command);
	}

	// What cannot be tagged, as its parts are gone, is pushed.
	const publishing =
		found !== undefined && reused !== undefined
			? ({kind: 'build', plan: found.plan, reason: reused.reason} as const)
			: found;

	if (publishing?.kind === 'build') {
		streams.err(`${errorStyle.dim(`image to be built: ${publishing.reason}`)}\n`);
	}

	// A known image is tagged only when all else is built.
	const targets = publishing?.kind === 'known' ? planned.targets.filter(({isFinal}) => !isFinal) : planned.targets;
	const names = publishing?.kind === 'build' ? pushedNames(publishing.plan) : flags.tag;
	const built = await build(targets, names, planned.planner, engine, request, flags, keep, command);
	const {report, published} = await publish(built, publishing, planned);
	const {workspace} = planned.planner;
	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(buildJson(report, {dockerfile: workspace.dockerfile.path, context}, engine.info, published), undefined, '\t')}\n`
			: renderReport(report, command.style, published),
	);
	if (report.outcome.kind !== 'built') {
		streams.err(renderFailure(report, workspace.dockerfile, errorStyle));
		return exitCode.findings;
	}

	return flags.strict === true && report.agreement.falseHits > 0 ? exitCode.findings : exitCode.ok;
}

function showPlans({planner, targets}: PlannedBuild, context: string, {streams, errorStyle}: CommandContext): void {
	const place = {dockerfile: planner.workspace.dockerfile.path, context};
	const shown = new Set<number>();
	for (const target of targets) {
		// Stages of other targets come with the plan of their own target, once.
		const later = target.plan.stages.filter(({stage}) => !stage.needed).map(({stage}) => stage.index);
		const hidden = new Set([...shown, ...later]);
		streams.err(`${renderPlan(target.plan, place, errorStyle, streams.columns, hidden)}\n`);
		for (const {stage} of target.plan.stages.filter(one => one.stage.needed)) {
			shown.add(stage.index);
		}
	}
}

function refuseUncached(
	{targets, planner}: PlannedBuild,
	context: string,
	{requireCached, format}: BuildCommandFlags,
	{streams, errorStyle}: CommandContext,
): number | undefined {
	const steps = requireCached === true ? stepsToRun(targets) : [];
	if (steps.length === 0) {
		return undefined;
	}

	if (format === 'json') {
		const message = `--require-cached: ${steps.length} steps will run, or may`;
		const report = unbuiltReport(targets, {kind: 'failed', message}, performance.now() / 1000);
		const place = {dockerfile: planner.workspace.dockerfile.path, context};
		streams.out(`${JSON.stringify(buildJson(report, place, undefined, []), undefined, '\t')}\n`);
	}

	streams.err(renderUncached(steps, errorStyle));
	return exitCode.notCached;
}

async function build(
	targets: readonly BuildTarget[],
	tags: readonly string[],
	planner: Planner,
	engine: Engine,
	request: PlanRequest,
	flags: BuildCommandFlags,
	keep: Keep,
	{streams, errorStyle, interruptSignal}: CommandContext,
): Promise<BuildReport> {
	const view = liveView(streams, errorStyle);
	const shmSize = request.execOptions.shmSize;
	// Without a way to export, a cache of the default place is not asked for; what the user asked for the engine refuses itself.
	const canExport = engine.info.canExportCache || request.cacheTo.length > 0;
	if (!canExport) {
		streams.err(
			`${errorStyle.warning('warning')} this engine cannot export caches: only the target is built, and a fresh machine will find no layers\n`,
		);
	}

	try {
		return await runBuild(
			targets,
			planner,
			engine,
			{
				cwd: request.cwd,
				buildArgs: request.options.buildArgs,
				...(flags.platform !== undefined && {platform: flags.platform}),
				contexts: request.contexts,
				tags,
				output: flags.push === true ? 'push' : flags.load === true || flags.tag.length > 0 ? 'load' : 'none',
				cacheTo: request.cacheTo,
				exportDefault: canExport,
				keep,
				pull: flags.pull === true,
				run: {
					...(flags.network !== undefined && {network: flags.network}),
					addHosts: flags.addHost,
					...(shmSize > 0 && {shmSize}),
					ulimits: flags.ulimit,
					...(flags.cgroupParent !== undefined && {cgroupParent: flags.cgroupParent}),
				},
			},
			view.show,
			interruptSignal(),
		);
	} finally {
		view.end();
	}
}
