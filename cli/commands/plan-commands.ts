import {
	type BuildWish,
	buildCommands,
	type Diagnostic,
	type EngineInfo,
	type Plan,
	type Planner,
	type PlanRequest,
	planTargets,
} from '../../planner/index.ts';
import type {PlanFlags} from '../options.ts';
import {renderCommands} from '../render/commands-text.ts';
import type {CommandContext} from './command-context.ts';
import {runOptions} from './run-options.ts';

export type CommandsResult =
	| {readonly kind: 'commands'; readonly plans: readonly Plan[]; readonly script: string}
	| {readonly kind: 'mistakes'; readonly diagnostics: readonly Diagnostic[]};

/** What `cachecast build` would run with the flags of a plan, as a script. */
export async function planCommands(
	planners: readonly [Planner, ...Planner[]],
	request: PlanRequest,
	flags: PlanFlags & {readonly builder?: string; readonly pull?: boolean},
	engine: EngineInfo | undefined,
	{env}: CommandContext,
): Promise<CommandsResult> {
	const canExport = engine === undefined || engine.canExportCache || request.cacheTo.length > 0;
	const planned = await planTargets(planners, {
		...(flags.target !== undefined && {target: flags.target}),
		onlyTarget: engine !== undefined && !engine.canExportCache,
		hasOutput: false,
		cacheTo: request.cacheTo,
	});
	if (planned.kind === 'failed') {
		return {kind: 'mistakes', diagnostics: planned.diagnostics};
	}

	const wish: BuildWish = {
		cwd: request.cwd,
		buildArgs: request.options.buildArgs,
		contexts: request.contexts,
		tagsOf: () => [],
		output: 'none',
		cacheTo: request.cacheTo,
		exportDefault: canExport,
		keep: {},
		jobs: 1,
		pull: flags.pull === true,
		run: runOptions(flags, request),
	};
	const settings = {env, ...(flags.builder !== undefined && {builder: flags.builder})};
	return {
		kind: 'commands',
		plans: planned.targets.filter(({isFinal}) => isFinal).map(({plan}) => plan),
		script: renderCommands(buildCommands(planned.targets, planners[0], wish, settings)),
	};
}
