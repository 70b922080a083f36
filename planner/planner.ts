import nodePath from 'node:path';
import {
	type BaseImage,
	type BuildOptions,
	type ContextTree,
	type Diagnostic,
	type Dockerfile,
	type ExecOptions,
	frontendOf,
	newestDialect,
	openContext,
	type Platform,
	parseDockerfile,
	remoteKey,
	resolveStages,
	unsureDialect,
	withFrontend,
} from '../analyzer/index.ts';
import {checkBases} from './age/check-base.ts';
import {type AgeLimit, unknownStage} from './age/max-age.ts';
import type {CacheReading, CacheSpec} from './caches/cache-source.ts';
import {defaultCacheDir} from './caches/default-cache.ts';
import {findLostLayers} from './caches/lost-layers.ts';
import type {OwnImage} from './caches/own-image.ts';
import {type ContextContents, mainContents} from './context-contents.ts';
import type {ContextSpec} from './context-flag.ts';
import {contextIndex} from './context-index/context-index.ts';
import {attributesOf, type LoadAttributes, noAttributes} from './extended-attributes.ts';
import type {NoCache} from './ignores-cache.ts';
import {imageLookup, type LookUpImage} from './images/image-lookup.ts';
import type {RegistryClient} from './images/registry-client.ts';
import {clashesWithInlineCache} from './inline-cache-argument.ts';
import {layerFiles} from './layers/layer-files.ts';
import {layerSource} from './layers/layer-source.ts';
import {leavesOf, stagesOf} from './leaf-caches.ts';
import {makePlan, type PlanResult} from './make-plan.ts';
import {openContexts} from './open-contexts.ts';
import type {DialectChoice} from './plan.ts';
import {readCaches} from './read-caches.ts';
import type {ReadRemote} from './remotes/read-remote.ts';
import {type FilesWish, requestFiles} from './request-files.ts';
import {withAttributes} from './sent-contents.ts';
import type {BuiltPlaces} from './stages/cache-places.ts';
import {openWorkspace, type Problem, type Workspace} from './workspace.ts';

/** What a plan is asked for, as the command line says it. */
export interface PlanRequest extends FilesWish {
	/** The context, relative to `cwd`. */
	readonly context: string;
	/** `-f`. */
	readonly file?: string;
	readonly cwd: string;
	readonly options: Omit<BuildOptions, 'contexts'>;
	/** Further values of `--platform`: what is asked for is planned for each of them too. */
	readonly morePlatforms?: readonly Platform[];
	/** `--build-context`. */
	readonly contexts: readonly ContextSpec[];
	/** Reads the Dockerfile of `-f -`. */
	readonly readStdin: () => Promise<Uint8Array>;
	readonly execOptions: ExecOptions;
	/** `--cache-from`; none: the default cache. */
	readonly cacheFrom: readonly CacheSpec[];
	/** No cache is read, not even the default one: only the keys of steps are asked for. */
	readonly keysOnly?: boolean;
	/** `--cache-to`: local folders among them are kept out of the context. */
	readonly cacheTo: readonly CacheSpec[];
	/** The build writes the default cache, as no `--cache-to` says otherwise. */
	readonly writesDefault: boolean;
	readonly noCache: NoCache;
	/** `--max-age`: how old a record may be that a step is taken from. */
	readonly maxAge: readonly AgeLimit[];
	/** Asks what the tags of images pinned by digest point at now. */
	readonly checkBase: boolean;
	/** What would be much to fetch is fetched: layers that decide on a step. */
	readonly online: boolean;
	/** Layers of hits are looked up in the caches. */
	readonly verifyBlobs: boolean;
	/** Asks what is at a URL; used only where `online`. */
	readonly readRemote: ReadRemote;
	readonly loadAttributes: LoadAttributes;
	/** The builder's dialect, where it is known. */
	readonly dialect?: DialectChoice;
	/** The build goes through the Docker Engine API: the context as an archive, caches from registries only. */
	readonly viaEngineApi: boolean;
	/** The builder's own image of a name, which it takes without asking a registry. */
	readonly localImage?: (reference: string) => Promise<BaseImage | undefined>;
	/** Folder for what is known of the files of contexts from one run to the next; absent: nothing is kept. */
	readonly indexFolder?: string;
	/** What lies outside of the project, for plans that are compared: the same for all of them. */
	readonly outside?: Outside;
	/** The same for a cache, where the builder takes its own image before one of a registry. */
	readonly ownCacheImage?: OwnImage;
}

/** How images and URLs are asked for. */
export interface Outside {
	readonly resolveImage: LookUpImage;
	readonly readRemote: ReadRemote;
}

/** A Dockerfile with its context and caches, read once; plans any of its targets. */
export interface Planner {
	readonly workspace: Workspace;
	readonly dockerfile: Dockerfile;
	/** All stages, stages no other stage uses (building them all builds every stage), and the platform asked for. */
	readonly places: BuiltPlaces;
	/** What came of each `--cache-from`; of the caches of single leaves only those that are there. */
	readonly caches: readonly (readonly CacheReading[])[];
	/** The default cache is in use: no `--cache-from` was given. */
	readonly defaultCache: CacheSpec;
	/** Looks up an image that is no base, as a frontend. */
	readonly resolveImage: LookUpImage;
	/** Plans a target by name; a stage without one by its index. `caches` stand in for those that were read. */
	plan(target?: string, index?: number, caches?: Planner['caches']): Promise<PlanResult>;
	/** What the build may read, each folder before what is in it; paths relative to the context, with forward slashes. */
	contextPaths(): Iterable<string>;
	/** The same for another platform; what was read and hashed is not read again. */
	forPlatform(platform: Platform): Promise<PlannerResult>;
}

export type PlannerResult =
	| {readonly kind: 'opened'; readonly planner: Planner}
	/** Nothing to plan: the request itself cannot be met. */
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile has mistakes. */
	| {readonly kind: 'mistakes'; readonly workspace: Workspace; readonly diagnostics: readonly Diagnostic[]};

/** Reads Dockerfile, ignore file and caches. The context itself is read only as far as plans need it. */
export async function openPlanner(request: PlanRequest, client: RegistryClient): Promise<PlannerResult> {
	const {outside, indexFolder} = request;
	const kept = indexFolder === undefined || request.files !== undefined ? undefined : contextIndex(indexFolder);
	const files = requestFiles(request, kept === undefined ? undefined : directory => kept.of(directory));
	const contextDir = nodePath.resolve(request.cwd, request.context);
	const defaultDir = nodePath.relative(request.cwd, await defaultCacheDir(contextDir));
	const defaultCache: CacheSpec = {
		kind: 'local',
		dir: defaultDir.startsWith('..') ? nodePath.resolve(request.cwd, defaultDir) : defaultDir,
		tag: 'latest',
		attributes: {},
	};
	const specs = request.cacheFrom.length > 0 ? request.cacheFrom : [defaultCache];
	// All of `.cachecast`: beside the cache a CI keeps notes on it there.
	const ownDir = nodePath.dirname(nodePath.resolve(request.cwd, defaultDir));
	const cacheDirs = [...localDirs([...specs, ...request.cacheTo], request.cwd), ownDir];
	const opened = await openWorkspace({
		context: request.context,
		...(request.file !== undefined && {file: request.file}),
		cwd: request.cwd,
		cacheDirs,
		readStdin: request.readStdin,
		files,
	});
	if (opened.kind === 'failed') {
		return opened;
	}

	const {workspace} = opened;
	const usedDirs = localDirs([...specs, ...(request.writesDefault ? [defaultCache] : request.cacheTo)], request.cwd);
	// An archive, as it goes to the Engine API, carries none.
	const attributes = request.viaEngineApi ? noAttributes : await request.loadAttributes();
	const named = await openContexts(request.contexts, request.cwd, usedDirs, attributes, files);
	if (named.kind === 'failed') {
		return named;
	}

	const {contexts, contents} = named.opened;
	const options: BuildOptions = {...request.options, contexts};
	const dialect = withFrontend(
		request.dialect?.dialect ?? unsureDialect(newestDialect),
		frontendOf(workspace.dockerfile.text.replace(/^\ufeff/, ''), options.buildArgs),
	);
	const parsed = parseDockerfile(workspace.dockerfile, dialect.heredocs);
	if (parsed.kind === 'failed') {
		return {kind: 'mistakes', workspace, diagnostics: [parsed.diagnostic]};
	}

	const {dockerfile} = parsed;
	if (request.viaEngineApi && clashesWithInlineCache(dockerfile, request.cacheTo)) {
		const message = 'the Dockerfile declares ARG BUILDKIT_INLINE_CACHE, which the Engine API sets for inline cache';
		return {kind: 'failed', problem: {message, hint: 'rename the argument, or build with buildx'}};
	}

	const reader = attributesOf(attributes);
	const source = files.folder(workspace.contextDir, reader);
	const context = openContext(workspace.contextDir, workspace.matcher, reader, source);
	const contextContents = mainContents(context, request.viaEngineApi);
	const main = withAttributes(
		attributes,
		// Of plans that are compared the modes are those of one umask.
		outside === undefined ? contextContents : {...contextContents, digestAs: () => undefined},
	);
	const contentsOf = (name: string | undefined): ContextContents => {
		const found = name === undefined ? main : contents.get(name);
		if (found === undefined) {
			throw new Error(`internal: the build context ${name} was not opened`);
		}

		return found;
	};
	const resolveImage =
		outside?.resolveImage ??
		imageLookup({
			client,
			cwd: request.cwd,
			...(request.localImage !== undefined && {localImage: request.localImage}),
		});
	const readRemote = once(outside?.readRemote ?? request.readRemote);
	// One moment for all targets, or a record could pass its limit between two plans.
	const now = Date.now();
	const layers = layerFiles(
		layerSource({client, cwd: request.cwd, cacheDirs: localDirs(specs, request.cwd)}),
		request.online,
	);
	const plannerFor = async (options: BuildOptions): Promise<PlannerResult> => {
		const resolved = resolveStages(dockerfile, options, dialect);
		if (resolved.kind === 'failed') {
			return {kind: 'mistakes', workspace, diagnostics: resolved.diagnostics};
		}

		const wrongLimit = unknownStage(request.maxAge, resolved.graph);
		if (wrongLimit !== undefined) {
			return {kind: 'failed', problem: wrongLimit};
		}

		const {platform} = options;
		const places: BuiltPlaces = {
			stages: stagesOf(resolved.graph),
			leaves: leavesOf(resolved.graph),
			...(platform !== undefined && {platform}),
		};
		const caches = request.keysOnly === true ? [] : await readCaches(specs, places, request, client);
		const planner: Planner = {
			workspace,
			dockerfile,
			places,
			caches,
			defaultCache,
			resolveImage,
			contextPaths: () => pathsOf(context),
			forPlatform: other => plannerFor({...options, platform: other}),
			async plan(target, index, given = caches) {
				const {target: _, ...others} = options;
				const result = await makePlan({
					dockerfile,
					options: {
						...others,
						...(target !== undefined && {target}),
						...(index !== undefined && {targetIndex: index}),
					},
					execOptions: request.execOptions,
					noCache: request.noCache,
					...(request.maxAge.length > 0 && {maxAge: {limits: request.maxAge, now}}),
					viaEngineApi: request.viaEngineApi,
					caches: given,
					...(request.dialect !== undefined && {dialect: request.dialect}),
					contentsOf,
					...((request.online || outside !== undefined) && {readRemote}),
					layers,
					...(request.verifyBlobs && {
						lostLayers: (readings, layers) => findLostLayers(readings, layers, {client, cwd: request.cwd}),
					}),
					resolveImage,
				});
				await kept?.save();
				return result.kind === 'planned' && request.checkBase
					? {...result, plan: {...result.plan, images: await checkBases(result.plan.images, client)}}
					: result;
			},
		};
		return {kind: 'opened', planner};
	};
	return plannerFor(options);
}

function localDirs(specs: readonly CacheSpec[], cwd: string): readonly string[] {
	return specs.flatMap(spec => (spec.kind === 'local' ? nodePath.resolve(cwd, spec.dir) : []));
}

// The plans of several targets ask for the same.
function once(read: ReadRemote): ReadRemote {
	const known = new Map<string, ReturnType<ReadRemote>>();
	return vertex => {
		const key = remoteKey(vertex);
		const result = known.get(key) ?? read(vertex);
		known.set(key, result);
		return result;
	};
}

function* pathsOf(context: ContextTree): Iterable<string> {
	const pending = [...context.children(context.root)].reverse();
	for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
		yield entry.path;
		pending.push(...[...context.children(entry)].reverse());
	}
}
