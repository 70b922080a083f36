import nodePath from 'node:path';
import {
	type BaseImageResult,
	type BuildOptions,
	contentDigester,
	type Diagnostic,
	type Dockerfile,
	type ExecOptions,
	type ImageRequest,
	imageKey,
	newestDialect,
	openContext,
	parseDockerfile,
	resolveStages,
} from '../analyzer/index.ts';
import type {CacheReading, CacheSpec} from './caches/cache-source.ts';
import {defaultCacheDir} from './caches/default-cache.ts';
import {readCache} from './caches/read-cache.ts';
import {resolveBaseImage} from './images/base-image.ts';
import type {RegistryClient} from './images/registry-client.ts';
import {type Leaf, leafCache, leavesOf} from './leaf-caches.ts';
import {makePlan, type PlanResult} from './make-plan.ts';
import type {DialectChoice} from './plan.ts';
import {openWorkspace, type Problem, type Workspace} from './workspace.ts';

/** What a plan is asked for, as the command line says it. */
export interface PlanRequest {
	/** The context, relative to `cwd`. */
	readonly context: string;
	/** `-f`. */
	readonly file?: string;
	readonly cwd: string;
	readonly options: BuildOptions;
	readonly execOptions: ExecOptions;
	/** `--cache-from`; none: the default cache. */
	readonly cacheFrom: readonly CacheSpec[];
	/** `--cache-to`: local folders among them are kept out of the context. */
	readonly cacheTo: readonly CacheSpec[];
	readonly noCache: boolean;
	/** No registry is asked. */
	readonly offline: boolean;
	/** The builder's dialect, where it is known. */
	readonly dialect?: DialectChoice;
}

/** A Dockerfile with its context and caches, read once; plans any of its targets. */
export interface Planner {
	readonly workspace: Workspace;
	readonly dockerfile: Dockerfile;
	/** Stages no other stage uses; building them all builds every stage. */
	readonly leaves: readonly Leaf[];
	/** What came of each `--cache-from`; of the caches of single leaves only those that are there. */
	readonly caches: readonly CacheReading[];
	/** The default cache is in use: no `--cache-from` was given. */
	readonly defaultCache: CacheSpec;
	plan(target?: string): Promise<PlanResult>;
}

export type PlannerResult =
	| {readonly kind: 'opened'; readonly planner: Planner}
	/** Nothing to plan: the request itself cannot be met. */
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile has mistakes. */
	| {readonly kind: 'mistakes'; readonly workspace: Workspace; readonly diagnostics: readonly Diagnostic[]};

/** Reads Dockerfile, ignore file and caches. The context itself is read only as far as plans need it. */
export async function openPlanner(request: PlanRequest, client: RegistryClient): Promise<PlannerResult> {
	const contextDir = nodePath.resolve(request.cwd, request.context);
	const defaultCache: CacheSpec = {
		kind: 'local',
		dir: await defaultCacheDir(contextDir),
		tag: 'latest',
		attributes: {},
	};
	const specs = request.cacheFrom.length > 0 ? request.cacheFrom : [defaultCache];
	const cacheDirs = [...specs, ...request.cacheTo, defaultCache].flatMap(spec =>
		spec.kind === 'local' ? nodePath.resolve(request.cwd, spec.dir) : [],
	);
	const opened = await openWorkspace({
		context: request.context,
		...(request.file !== undefined && {file: request.file}),
		cwd: request.cwd,
		cacheDirs,
	});
	if (opened.kind === 'failed') {
		return opened;
	}

	const {workspace} = opened;
	const parsed = parseDockerfile(workspace.dockerfile);
	if (parsed.kind === 'failed') {
		return {kind: 'mistakes', workspace, diagnostics: [parsed.diagnostic]};
	}

	const {dockerfile} = parsed;
	const resolved = resolveStages(dockerfile, request.options, request.dialect?.dialect ?? newestDialect);
	if (resolved.kind === 'failed') {
		return {kind: 'mistakes', workspace, diagnostics: resolved.diagnostics};
	}

	const leaves = leavesOf(resolved.graph);
	const caches = await readCaches(specs, leaves, request, client);
	const digestContent = contentDigester(openContext(workspace.contextDir, workspace.matcher));
	const resolveImage = imageResolver(request.offline, client);
	return {
		kind: 'opened',
		planner: {
			workspace,
			dockerfile,
			leaves,
			caches,
			defaultCache,
			plan: target => {
				const {target: _, ...options} = request.options;
				return makePlan({
					dockerfile,
					options: target === undefined ? options : {...options, target},
					execOptions: request.execOptions,
					noCache: request.noCache,
					caches,
					...(request.dialect !== undefined && {dialect: request.dialect}),
					digestContent,
					resolveImage,
				});
			},
		},
	};
}

async function readCaches(
	specs: readonly CacheSpec[],
	leaves: readonly Leaf[],
	{cwd, offline}: PlanRequest,
	client: RegistryClient,
): Promise<readonly CacheReading[]> {
	const read = async (spec: CacheSpec): Promise<CacheReading> =>
		offline && spec.kind === 'registry'
			? {kind: 'unreadable', spec, reason: 'no registry is asked with --offline'}
			: readCache(spec, {client, cwd});
	const others = leaves.filter(leaf => !leaf.isDefault);
	const readings = await Promise.all(
		specs.map(async spec => {
			const [own, ...ofLeaves] = await Promise.all([
				read(spec),
				...others.flatMap(leaf => {
					const own = leafCache(spec, leaf);
					return own === undefined ? [] : [read(own)];
				}),
			]);
			return [own, ...ofLeaves.filter(reading => reading.kind === 'found')];
		}),
	);
	return readings.flat();
}

function imageResolver(offline: boolean, client: RegistryClient): (request: ImageRequest) => Promise<BaseImageResult> {
	const known = new Map<string, Promise<BaseImageResult>>();
	return ({reference, platform}) => {
		const key = imageKey(reference, platform);
		const result =
			known.get(key) ??
			(offline
				? Promise.resolve({kind: 'unresolved', reason: 'no registry is asked with --offline'} as const)
				: resolveBaseImage(client, reference, platform));
		known.set(key, result);
		return result;
	};
}
