import {
	type BuildTarget,
	type Diagnostic,
	type EngineInfo,
	type Leaf,
	openPlanner,
	openRegistry,
	type Planner,
	type PlanRequest,
	type Problem,
	planTargets,
	type RegistryClient,
	type RegistryWriter,
	type SourceFile,
} from '../../planner/index.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import type {CommandContext} from './command-context.ts';

/** All that a build is going to do, and what it was planned with. */
export interface PlannedBuild {
	readonly kind: 'planned';
	readonly request: PlanRequest;
	readonly client: RegistryClient;
	/** Absent where no registry is to be asked. */
	readonly writer?: RegistryWriter;
	readonly planner: Planner;
	readonly targets: readonly BuildTarget[];
	/** Stages whose images hold them already. */
	readonly unchanged: readonly Leaf[];
}

export type PlannedBuildResult =
	| PlannedBuild
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile has mistakes. */
	| {readonly kind: 'mistakes'; readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[]};

/** Plans every target of a build, for an engine or, without one, for any builder. */
export async function planBuild(
	request: PlanRequest,
	flags: RegistryFlags & OutputFlags & {readonly target?: string},
	command: CommandContext,
	engine?: EngineInfo,
): Promise<PlannedBuildResult> {
	const access = registryWish(flags, command, engine);
	if (access.kind === 'usage') {
		return {kind: 'failed', problem: access};
	}

	const registry = await openRegistry(access.wish);
	if (registry.kind === 'failed') {
		return registry;
	}

	const opened = await openPlanner(request, registry.client);
	switch (opened.kind) {
		case 'failed': {
			return opened;
		}

		case 'mistakes': {
			return {kind: 'mistakes', source: opened.workspace.dockerfile, diagnostics: opened.diagnostics};
		}

		case 'opened': {
			const {planner} = opened;
			const planned = await planTargets(planner, {
				...(flags.target !== undefined && {target: flags.target}),
				onlyTarget: engine !== undefined && !engine.canExportCache,
				hasOutput: outputOf(flags) !== 'none',
				cacheTo: request.cacheTo,
			});
			const {client, writer} = registry;
			return planned.kind === 'planned'
				? {
						kind: 'planned',
						request,
						client,
						...(writer !== undefined && {writer}),
						planner,
						targets: planned.targets,
						unchanged: planned.unchanged,
					}
				: {kind: 'mistakes', source: planner.workspace.dockerfile, diagnostics: planned.diagnostics};
		}
	}
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
