import {
	type BuildOptions,
	type Diagnostic,
	type Dialect,
	frontendOf,
	newestDialect,
	parseDockerfile,
	resolveStages,
	type SourceFile,
	type StageGraph,
	unsureDialect,
	withFrontend,
} from '../analyzer/index.ts';
import type {ContextSpec} from './context-flag.ts';
import {noAttributes} from './extended-attributes.ts';
import {openContexts} from './open-contexts.ts';
import {openWorkspace, type Problem} from './workspace.ts';

/** What a graph is asked for: of a plan's request only what decides on stages. */
export interface StageGraphRequest {
	readonly context: string;
	readonly file?: string;
	readonly cwd: string;
	readonly options: Omit<BuildOptions, 'contexts'>;
	readonly contexts: readonly ContextSpec[];
	readonly readStdin: () => Promise<Uint8Array>;
	readonly dialect?: {readonly dialect: Dialect};
}

export type StageGraphOpened =
	| {readonly kind: 'opened'; readonly graph: StageGraph; readonly source: SourceFile}
	| {readonly kind: 'failed'; readonly problem: Problem}
	| {readonly kind: 'mistakes'; readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[]};

/**
 * The stages of a Dockerfile and what they use. No cache, no registry and no file of the context is read, so ONBUILD
 * triggers of images are not known.
 */
export async function openStageGraph(request: StageGraphRequest): Promise<StageGraphOpened> {
	const opened = await openWorkspace({...request, cacheDirs: []});
	if (opened.kind === 'failed') {
		return opened;
	}

	const source = opened.workspace.dockerfile;
	const named = await openContexts(request.contexts, request.cwd, [], noAttributes);
	if (named.kind === 'failed') {
		return named;
	}

	const {options} = request;
	const dialect = withFrontend(
		request.dialect?.dialect ?? unsureDialect(newestDialect),
		frontendOf(source.text.replace(/^\ufeff/, ''), options.buildArgs),
	);
	const parsed = parseDockerfile(source, dialect.heredocs);
	if (parsed.kind === 'failed') {
		return {kind: 'mistakes', source, diagnostics: [parsed.diagnostic]};
	}

	const resolved = resolveStages(parsed.dockerfile, {...options, contexts: named.opened.contexts}, dialect);
	return resolved.kind === 'failed'
		? {kind: 'mistakes', source, diagnostics: resolved.diagnostics}
		: {kind: 'opened', graph: resolved.graph, source};
}
