import {
	type Diagnostic,
	type EngineInfo,
	openPlanners,
	openRegistry,
	type Planner,
	type PlanRequest,
	type Problem,
	type RegistryClient,
	type RegistryWriter,
	type SourceFile,
} from '../../planner/index.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {formatBytes} from '../render/amounts.ts';
import type {CommandContext} from './command-context.ts';

/** What a command plans with. */
export interface OpenedPlanners {
	readonly kind: 'opened';
	readonly client: RegistryClient;
	/** Absent where no registry is to be asked. */
	readonly writer?: RegistryWriter;
	/** One for each platform. */
	readonly planners: readonly [Planner, ...Planner[]];
	readonly source: SourceFile;
}

export type NotOpened =
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile has mistakes. */
	| {readonly kind: 'mistakes'; readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[]};

// Hashing keeps the process busy: what a terminal shows of it is written in between.
function withProgress(request: PlanRequest, {streams, talk}: CommandContext): PlanRequest {
	return streams.interactive
		? {
				...request,
				onHashed: ({files, bytes}) => talk.status(`${files} files hashed, ${formatBytes(bytes)}`),
			}
		: request;
}

/** Opens registries as the flags say, and reads Dockerfile, context and caches for each platform. */
export async function openCommandPlanners(
	request: PlanRequest,
	flags: RegistryFlags,
	command: CommandContext,
	engine?: EngineInfo,
): Promise<OpenedPlanners | NotOpened> {
	const access = registryWish(flags, command, engine);
	if (access.kind === 'usage') {
		return {kind: 'failed', problem: access};
	}

	const registry = await openRegistry({...access.wish, onRequest: command.talk.debug});
	if (registry.kind === 'failed') {
		return registry;
	}

	const {client, writer} = registry;
	const opened = await command.talk.during('reading Dockerfile, context and caches', () =>
		openPlanners(withProgress(request, command), client),
	);
	switch (opened.kind) {
		case 'failed': {
			return opened;
		}

		case 'mistakes': {
			return {kind: 'mistakes', source: opened.workspace.dockerfile, diagnostics: opened.diagnostics};
		}

		case 'opened': {
			const {planners} = opened;
			const source = planners[0].workspace.dockerfile;
			return {kind: 'opened', client, ...(writer !== undefined && {writer}), planners, source};
		}
	}
}
