import {mkdir, mkdtemp} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {makeBaseImage} from './base-image.ts';
import {buildx, docker} from './buildx.ts';
import {debianCodename, unpackPackages} from './packages.ts';
import {startPrivateEngine} from './private-engine.ts';
import {run} from './processes.ts';
import {startDistribution} from './registry.ts';
import {stopFolder} from './stop.ts';
import type {EngineStart, TestEngine} from './test-engine.ts';
import {engineVersions} from './versions.ts';

/**
 * Set to `private` to pass over the machine's own engine, to `private:trixie` for one of that suite, to `builder:NAME`
 * for a builder of buildx that is there already.
 */
const choiceVariable = 'CACHECAST_TEST_ENGINE';

/** Suites of Debian with an engine new enough, newest first. What they hold moves: one that does not work is passed over. */
const suites = ['sid', 'trixie'];

/** Suites whose engine has no containerd image store, nor buildx beside it. */
const oldSuites: readonly string[] = ['bookworm'];

/**
 * A usable engine: the machine's own, or else on Debian as root a private one. Everything started for it lies below
 * one new folder (the parent of `engine.folder`), to be cleared away with `stopFolder`.
 */
export async function findOrStartEngine(choice: string = process.env[choiceVariable] ?? ''): Promise<EngineStart> {
	const codename = await debianCodename();
	if (codename === undefined) {
		return unavailable('its registry and base images are made from Debian packages, and this machine is not Debian');
	}
	const tools = await unpackPackages(codename, 'tools', ['runc', 'docker-registry', 'busybox-static']);
	if (tools.kind === 'failed') {
		return unavailable(tools.reason);
	}

	const folder = await mkdtemp(path.join(shortTemporaryFolder(), 'cachecast-'));
	try {
		const problems: string[] = [];
		for (const attempt of attempts(choice, folder, tools.root)) {
			const start = await attempt.start();
			const problem = start.kind === 'started' ? await problemOf(start.engine) : start.reason;
			if (start.kind === 'started' && problem === undefined) {
				return start;
			}
			problems.push(`${attempt.name}: ${problem}`);
		}
		await stopFolder(folder, tools.root);
		return unavailable(problems.join('; '));
	} catch (error) {
		await stopFolder(folder, tools.root);
		throw error;
	}
}

/** An engine for one test file that empties or breaks it: a private one, also where the run has found the machine's own. */
export async function startOwnEngine(run: TestEngine): Promise<EngineStart> {
	const {tools, engine} = run.programs;
	const parent = path.dirname(run.folder);
	if (engine !== undefined) {
		return startPrivateEngine(parent, {...run.programs, engine}, run.store);
	}

	const reasons: string[] = [];
	for (const suite of suites) {
		const start = await startFromSuite(suite, parent, tools);
		if (start.kind === 'started') {
			return start;
		}

		reasons.push(`${suite}: ${start.reason}`);
	}

	return unavailable(reasons.join('; '));
}

interface Attempt {
	readonly name: string;
	readonly start: () => Promise<EngineStart>;
}

function attempts(choice: string, folder: string, tools: string): readonly Attempt[] {
	const own: Attempt = {name: "this machine's engine", start: () => findEngine(folder, tools)};
	const [kind, given] = choice.split(':');
	if (kind === 'builder' && given !== undefined) {
		return [{name: `the builder ${given}`, start: () => useFound(folder, tools, {BUILDX_BUILDER: given})}];
	}

	return [
		...(kind === 'private' ? [] : [own]),
		...(given === undefined ? suites : [given]).map(name => ({
			name: `a private engine from Debian ${name}`,
			start: () => startFromSuite(name, folder, tools),
		})),
	];
}

async function startFromSuite(suite: string, folder: string, tools: string): Promise<EngineStart> {
	if (process.getuid?.() !== 0) {
		return {kind: 'unavailable', reason: 'it needs root'};
	}
	if (oldSuites.includes(suite)) {
		return startOldEngine(suite, folder, tools);
	}

	const engine = await unpackPackages(suite, 'engine', ['docker.io', 'docker-cli', 'docker-buildx', 'containerd']);
	return engine.kind === 'failed'
		? {kind: 'unavailable', reason: engine.reason}
		: startPrivateEngine(folder, {tools, engine: engine.root});
}

async function startOldEngine(suite: string, folder: string, tools: string): Promise<EngineStart> {
	// Here docker.io holds the command line, too.
	const engine = await unpackPackages(suite, 'engine', ['docker.io', 'containerd']);
	const buildx = await unpackPackages('trixie', 'buildx', ['docker-buildx']);
	const failed = [engine, buildx].find(one => one.kind === 'failed');
	return engine.kind === 'failed' || buildx.kind === 'failed'
		? {kind: 'unavailable', reason: failed?.kind === 'failed' ? failed.reason : ''}
		: startPrivateEngine(folder, {tools, engine: engine.root, buildx: buildx.root}, 'graph-driver');
}

async function findEngine(parent: string, tools: string): Promise<EngineStart> {
	const info = await run('docker', ['info', '--format', '{{json .DriverStatus}}']);
	if (info.exitCode !== 0) {
		return {kind: 'unavailable', reason: info.stderr.trim().split('\n').at(-1) ?? ''};
	}
	// Only containerd's image store lets the default builder export mode=max caches (docker/buildx#701).
	if (!info.stdout.includes('io.containerd.snapshotter')) {
		return {kind: 'unavailable', reason: 'it does not use the containerd image store'};
	}
	return useFound(parent, tools, {});
}

async function useFound(parent: string, tools: string, env: Readonly<Record<string, string>>): Promise<EngineStart> {
	const folder = path.join(parent, 'found');
	await mkdir(folder);
	const registry = await startDistribution(path.join(tools, 'usr/bin/docker-registry'), folder);
	return registry === undefined
		? {kind: 'unavailable', reason: 'docker-registry does not start'}
		: {
				kind: 'started',
				engine: {
					kind: 'found',
					env,
					docker: 'docker',
					registry,
					store: 'containerd',
					versions: await engineVersions('docker', env),
					folder,
					programs: {tools},
				},
			};
}

/** Tries what the tests need: a RUN, a push to the registry, an exported cache. */
async function problemOf(engine: TestEngine): Promise<string | undefined> {
	try {
		const {reference} = await makeBaseImage(engine, 'cachecast-probe');
		const folder = await mkdtemp(path.join(path.dirname(engine.folder), 'probe-'));
		const result = await buildx(
			engine,
			[
				'build',
				'--output=type=cacheonly',
				...(engine.store === 'containerd'
					? [`--cache-to=type=registry,ref=${engine.registry}/cachecast-probe:cache,mode=max`]
					: []),
				'--file=-',
				folder,
			],
			{input: `FROM ${reference}\nRUN true\n`},
		);
		if (engine.kind === 'found') {
			await docker(engine, ['image', 'rm', reference]);
		}
		return result.exitCode === 0 ? undefined : result.stderr.trim().split('\n').at(-1);
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function unavailable(reason: string): EngineStart {
	return {kind: 'unavailable', reason: `no Docker Engine for the tests: ${reason}`};
}

/** The path of a Unix socket may have 107 characters, which a deep TMPDIR would spend. */
function shortTemporaryFolder(): string {
	return os.tmpdir().length > 40 ? '/tmp' : os.tmpdir();
}
