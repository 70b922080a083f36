import {
	type BuildReport,
	type BuildTarget,
	type Engine,
	type EngineKind,
	findEngine,
	formatPlatform,
	joinStages,
	type Keep,
	openPlanner,
	openRegistry,
	type Planner,
	type PlanRequest,
	parseKeep,
	planTargets,
	runBuild,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {buildJson, buildSchemaVersion} from '../render/build-json.ts';
import {renderFailure, renderReport} from '../render/build-text.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {liveView} from '../render/live-view.ts';
import {renderPlan} from '../render/plan-text.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';

export interface BuildCommandFlags extends PlanFlags, RegistryFlags {
	readonly format: 'text' | 'json';
	readonly tag: readonly string[];
	readonly push?: boolean;
	readonly load?: boolean;
	readonly pull?: boolean;
	readonly engine?: EngineKind;
	readonly builder?: string;
	readonly strict?: boolean;
	readonly jobs: number;
	readonly keep: readonly string[];
}

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

	const search = await findEngine({
		env: command.env,
		homeDir: command.homeDir,
		needsCacheExport: true,
		...(flags.engine !== undefined && {wanted: flags.engine}),
		...(flags.builder !== undefined && {builder: flags.builder}),
	});
	if (search.kind === 'none') {
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
			writesDefault: parsed.request.cacheTo.length === 0 && engine.info.canExportCache,
		};
		return await planAndBuild(request, context, flags, keep.keep, engine, command);
	} finally {
		await engine.close();
	}
}

async function planAndBuild(
	request: PlanRequest,
	context: string,
	flags: BuildCommandFlags,
	keep: Keep,
	engine: Engine,
	command: CommandContext,
): Promise<number> {
	const {streams, errorStyle} = command;
	const access = registryWish(flags, command, engine.info);
	if (access.kind === 'usage') {
		return command.fail(access);
	}

	const registry = await openRegistry(access.wish);
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	const opened = await openPlanner(request, registry.client);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const source = opened.kind === 'mistakes' ? opened.workspace.dockerfile : opened.planner.workspace.dockerfile;
	const planned =
		opened.kind === 'mistakes'
			? ({kind: 'failed', diagnostics: opened.diagnostics} as const)
			: await planTargets(opened.planner, {
					...(flags.target !== undefined && {target: flags.target}),
					onlyTarget: !engine.info.canExportCache,
					hasOutput: outputOf(flags) !== 'none',
					cacheTo: request.cacheTo,
				});
	const place = {dockerfile: source.path, context};
	if (planned.kind === 'failed' || opened.kind === 'mistakes') {
		const diagnostics = planned.kind === 'failed' ? planned.diagnostics : [];
		if (flags.format === 'json') {
			const mistakes = mistakesJson(buildSchemaVersion, place, diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		streams.err(renderDiagnostics(diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	const shown = new Set<number>();
	for (const target of planned.targets) {
		// Stages of other targets come with the plan of their own target, once.
		const later = target.plan.stages.filter(({stage}) => !stage.needed).map(({stage}) => stage.index);
		const hidden = new Set([...shown, ...later]);
		streams.err(`${renderPlan(target.plan, place, errorStyle, streams.columns, hidden)}\n`);
		for (const {stage} of target.plan.stages.filter(one => one.stage.needed)) {
			shown.add(stage.index);
		}
	}

	if (planned.unchanged.length > 0) {
		const names = planned.unchanged.map(({label}) => label).join(', ');
		streams.err(`${errorStyle.dim(`images of stages that hold them already, and are not built again: ${names}`)}\n`);
	}

	const report = await build(planned.targets, opened.planner, engine, request, flags, keep, command);
	if (registry.writer !== undefined && report.outcome.kind !== 'aborted') {
		const {client, writer} = registry;
		const {planner} = opened;
		const input = {planner, targets: planned.targets, cacheTo: request.cacheTo, client, writer};
		for (const joined of await joinStages(input)) {
			if (joined.kind === 'failed') {
				const loss = 'the images of stages are there, but are not joined to one cache';
				streams.err(`${errorStyle.warning('warning')} ${loss}: ${joined.reason}\n`);
			}
		}
	}

	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(buildJson(report, place, engine.info), undefined, '\t')}\n`
			: renderReport(report, command.style),
	);
	if (report.outcome.kind !== 'built') {
		streams.err(renderFailure(report, source, errorStyle));
		return exitCode.findings;
	}

	return flags.strict === true && report.agreement.falseHits > 0 ? exitCode.findings : exitCode.ok;
}

async function build(
	targets: readonly BuildTarget[],
	planner: Planner,
	engine: Engine,
	request: PlanRequest,
	flags: BuildCommandFlags,
	keep: Keep,
	{streams, errorStyle, interruptSignal}: CommandContext,
): Promise<BuildReport> {
	const view = liveView(streams, errorStyle);
	const shmSize = request.execOptions.shmSize;
	const {platform} = request.options;
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
				...(platform !== undefined && {platform: formatPlatform(platform)}),
				contexts: request.contexts,
				tags: flags.tag,
				output: outputOf(flags),
				cacheTo: request.cacheTo,
				exportDefault: canExport,
				keep,
				noCache: request.noCache,
				pull: flags.pull === true,
				jobs: flags.jobs,
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

function outputOf({push, load, tag}: BuildCommandFlags): 'push' | 'load' | 'none' {
	return push === true ? 'push' : load === true || tag.length > 0 ? 'load' : 'none';
}
