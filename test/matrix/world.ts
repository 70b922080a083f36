import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type PlanFlags, planRequest} from '../../cli/options.ts';
import {formatContextSpec} from '../../planner/context-flag.ts';
import {dockerCredentials} from '../../planner/images/credentials.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {
	type BuildEvent,
	type BuildOutcome,
	type BuildRequest,
	formatCacheSpec,
	openPlanner,
	type PlanRequest,
	type PlanResult,
	parseCacheFlag,
} from '../../planner/index.ts';
import type {CachePlace} from './cache-kinds.ts';
import type {MatrixEngine} from './engines.ts';
import {fill, type Surroundings} from './images.ts';
import type {CaseFlags, Project} from './matrix-case.ts';

/** What every scenario of a run shares. */
export interface World {
	readonly engine: MatrixEngine;
	readonly surroundings: Surroundings;
	/** Ends the run between two builds. */
	readonly signal: AbortSignal;
}

/** A project laid out on disk, with the request that plans and builds are made from. */
export interface Laid {
	readonly request: PlanRequest;
	readonly flags: PlanFlags;
	readonly secrets: readonly string[];
}

/** Writes the Dockerfile and the secrets of a project, and reads its flags as the command line does. */
export async function layProject(world: World, project: Project, cacheFrom: string): Promise<Laid> {
	const {dir, base} = project;
	const filled = (text: string) => fill(text, world.surroundings, base);
	await writeFile(path.join(dir, 'app/Dockerfile'), filled(project.dockerfile));
	await mkdir(path.join(dir, 'secrets'), {recursive: true});
	const secrets = await Promise.all(
		Object.entries(project.flags.secrets).map(async ([name, value]) => {
			const file = path.join(dir, 'secrets', name);
			await writeFile(file, value);
			return `id=${name},src=${file}`;
		}),
	);
	const flags = planFlags(project.flags, filled, cacheFrom);
	const surroundings = {env: world.engine.test.env, cwd: dir, homeDir: dir, readStdin: async () => new Uint8Array()};
	const parsed = planRequest('app', flags, surroundings);
	if (parsed.kind === 'usage') {
		throw new Error(`internal: ${parsed.message}`);
	}

	return {request: parsed.request, flags, secrets};
}

function planFlags(flags: CaseFlags, filled: (text: string) => string, cacheFrom: string): PlanFlags {
	return {
		buildArg: flags.buildArgs.map(filled),
		buildContext: flags.buildContexts.map(filled),
		addHost: flags.addHosts,
		ulimit: flags.ulimits,
		cacheFrom: [cacheFrom],
		cache: !flags.noCache,
		noCacheFilter: [],
		...(flags.target !== undefined && {target: flags.target}),
		...(flags.platform !== undefined && {platform: [flags.platform]}),
		...(flags.network !== undefined && {network: flags.network}),
		...(flags.shmSize !== undefined && {shmSize: flags.shmSize}),
		...(flags.cgroupParent !== undefined && {cgroupParent: flags.cgroupParent}),
	};
}

/** Plans as `cachecast plan` does: with a dialect that is given, or with none. */
export async function planProject({request, flags}: Laid, dialect?: PlanRequest['dialect']): Promise<PlanResult> {
	const wanted = dialect === undefined ? request : {...request, dialect};
	const client = createRegistryClient({credentials: dockerCredentials({env: {}, homeDir: request.cwd})});
	const opened = await openPlanner(wanted, client);
	switch (opened.kind) {
		case 'failed': {
			throw new Error(`internal: ${opened.problem.message}`);
		}

		case 'mistakes': {
			return {kind: 'failed', diagnostics: opened.diagnostics};
		}

		case 'opened': {
			return opened.planner.plan(flags.target);
		}
	}
}

/** Builds as `cachecast build` does, with a cache to read or one to write. */
export async function buildProject(
	{engine: {engine}}: World,
	{request, flags, secrets}: Laid,
	write: CachePlace | undefined,
	onEvent: (event: BuildEvent) => void,
): Promise<BuildOutcome> {
	const {cwd, options, execOptions} = request;
	const wish: BuildRequest = {
		contextDir: path.join(cwd, 'app'),
		dockerfile: path.join(cwd, 'app/Dockerfile'),
		...(flags.target !== undefined && {target: flags.target}),
		...(flags.platform?.[0] !== undefined && {platform: flags.platform[0]}),
		buildArgs: [...options.buildArgs],
		buildContexts: request.contexts.map(spec => formatContextSpec(spec, cwd)),
		cacheFrom: write === undefined ? request.cacheFrom.map(spec => formatCacheSpec(spec, 'from')) : [],
		cacheTo: write === undefined ? [] : [cacheTo(write)],
		output: write?.output ?? 'none',
		tags: write?.tags ?? [],
		noCache: request.noCache,
		pull: false,
		run: {
			...(flags.network !== undefined && {network: flags.network}),
			addHosts: flags.addHost,
			...(execOptions.shmSize > 0 && {shmSize: execOptions.shmSize}),
			ulimits: flags.ulimit,
			...(flags.cgroupParent !== undefined && {cgroupParent: flags.cgroupParent}),
			secrets,
		},
		contextPaths: () => [],
	};
	return engine.build(wish, onEvent, AbortSignal.timeout(180_000));
}

function cacheTo({to}: CachePlace): string {
	const parsed = parseCacheFlag(to, 'to');
	if (parsed.kind === 'invalid') {
		throw new Error(`internal: ${parsed.message}`);
	}

	return formatCacheSpec(parsed.spec, 'to');
}
