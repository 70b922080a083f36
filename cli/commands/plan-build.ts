import {
	type BuildTarget,
	type Diagnostic,
	type EngineInfo,
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
}

export type PlannedBuildResult =
	| PlannedBuild
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile has mistakes. */
	| {readonly kind: 'mistakes'; readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[]};

/** Plans every target of a build, for an engine or, without one, for any builder. */
export async function planBuild(
	request: PlanRequest,
	flags: RegistryFlags & {readonly target?: string},
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
			const planned = await planTargets(planner, flags.target, engine !== undefined && !engine.canExportCache);
			const {client, writer} = registry;
			return planned.kind === 'planned'
				? {kind: 'planned', request, client, ...(writer !== undefined && {writer}), planner, targets: planned.targets}
				: {kind: 'mistakes', source: planner.workspace.dockerfile, diagnostics: planned.diagnostics};
		}
	}
}
