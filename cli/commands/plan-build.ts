import {type BuildTarget, type EngineInfo, type PlanRequest, planTargets} from '../../planner/index.ts';
import type {RegistryFlags} from '../registry-options.ts';
import type {CommandContext} from './command-context.ts';
import {type NotOpened, type OpenedPlanners, openCommandPlanners} from './open-planners.ts';

/** All that a build is going to do, and what it was planned with. */
export interface PlannedBuild extends Omit<OpenedPlanners, 'kind'> {
	readonly kind: 'planned';
	readonly request: PlanRequest;
	readonly targets: readonly BuildTarget[];
	/** Stages whose images hold them already. */
	readonly unchanged: readonly string[];
	/** When the planning began, as `performance.now()` tells it. */
	readonly started: number;
}

/** Plans every target of a build, for an engine or, without one, for any builder. */
export async function planBuild(
	request: PlanRequest,
	flags: RegistryFlags & OutputFlags & {readonly target?: string},
	command: CommandContext,
	engine?: EngineInfo,
): Promise<PlannedBuild | NotOpened> {
	const started = performance.now();
	const opened = await openCommandPlanners(request, flags, command, engine);
	if (opened.kind !== 'opened') {
		return opened;
	}

	const wish = {
		...(flags.target !== undefined && {target: flags.target}),
		onlyTarget: engine !== undefined && !engine.canExportCache,
		hasOutput: outputOf(flags) !== 'none',
		cacheTo: request.cacheTo,
	};
	const planned = await command.talk.during('planning', () => planTargets(opened.planners, wish));
	return planned.kind === 'planned'
		? {...opened, kind: 'planned', request, targets: planned.targets, unchanged: planned.unchanged, started}
		: {kind: 'mistakes', source: opened.source, diagnostics: planned.diagnostics};
}

/** Seconds since the planning began. */
export function secondsOf({started}: PlannedBuild): number {
	return (performance.now() - started) / 1000;
}

/** Flags that say what becomes of the image. */
export interface OutputFlags {
	readonly push?: boolean;
	readonly load?: boolean;
	readonly tag: readonly string[];
}

/** Where the image goes; loaded where it only has a name. */
export function outputOf({push, load, tag}: OutputFlags): 'push' | 'load' | 'none' {
	return push === true ? 'push' : load === true || tag.length > 0 ? 'load' : 'none';
}
