import {mkdir, mkdtemp, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {makeBridge} from './bridge.ts';
import {end, processesOf, run, signal, startDaemon, waitFor} from './processes.ts';
import {startDistribution} from './registry.ts';
import type {EngineStart, TestEngine} from './test-engine.ts';
import {engineVersions} from './versions.ts';

/** Folders with unpacked packages. */
export type PrivatePrograms = TestEngine['programs'] & {readonly engine: string};

/**
 * Starts containerd, dockerd and a registry of their own below `parent`: own state, sockets, bridge and ports, so any
 * number of them stand side by side. Needs root.
 */
export async function startPrivateEngine(
	parent: string,
	programs: PrivatePrograms,
	store: TestEngine['store'] = 'containerd',
): Promise<EngineStart> {
	// The path of a Unix socket may have 107 characters: keep it short.
	const folder = await mkdtemp(path.join(parent, 'e-'));
	const bridge = await makeBridge(programs.tools, folder);
	if (bridge.kind === 'failed') {
		return {kind: 'unavailable', reason: bridge.reason};
	}
	const registry = await startDistribution(
		path.join(programs.tools, 'usr/bin/docker-registry'),
		path.join(folder, 'registry'),
	);
	if (registry === undefined) {
		return {kind: 'unavailable', reason: 'docker-registry does not start'};
	}

	await layOut(folder, programs, {bridge: bridge.name, registry, store});
	const engine = await startDaemons(folder);
	if (!engine) {
		return {kind: 'unavailable', reason: `the private Docker Engine does not start; see ${folder}/dockerd.log`};
	}

	const env = {
		DOCKER_HOST: `unix://${folder}/docker.sock`,
		DOCKER_CONFIG: path.join(folder, 'docker'),
		DOCKER_CONTEXT: '',
		BUILDX_BUILDER: '',
		PATH: pathFor(folder),
	};
	const docker = path.join(folder, 'programs/usr/bin/docker');
	return {
		kind: 'started',
		engine: {
			kind: 'private',
			env,
			docker,
			registry,
			store,
			versions: await engineVersions(docker, env),
			folder,
			programs,
		},
	};
}

/**
 * Starts one more private engine beside that of the run, for a test that breaks it. Stop it with `stopFolder` on its
 * folder; the end of the run clears away what is left.
 */
export async function startAnotherEngine(engine: TestEngine): Promise<EngineStart> {
	const {engine: programs} = engine.programs;
	return programs === undefined
		? {kind: 'unavailable', reason: 'another engine can be started only where the engine of the run is a private one'}
		: startPrivateEngine(path.dirname(engine.folder), {...engine.programs, engine: programs}, engine.store);
}

/**
 * Kills the engine and what runs in its containers, as a power cut would: dockerd and containerd get no chance to tidy
 * up. Its registry lives on.
 */
export async function killEngine(engine: TestEngine): Promise<void> {
	const pids = await processesOf(engine.folder, ({commandLine}) => /^\S*\/(?:dockerd|containerd)/.test(commandLine));
	signal(pids, 'SIGKILL');
	await end(pids, 5);
}

/** Starts a killed engine again on its old state; false when it does not come up. */
export async function restartEngine(engine: TestEngine): Promise<boolean> {
	return startDaemons(engine.folder);
}

async function layOut(
	folder: string,
	programs: PrivatePrograms,
	settings: {readonly bridge: string; readonly registry: string; readonly store: TestEngine['store']},
): Promise<void> {
	await symlink(programs.engine, path.join(folder, 'programs'));
	await mkdir(path.join(folder, 'bin'));
	// The machine's own runc: that of a newer suite needs a newer libc.
	await symlink(path.join(programs.tools, 'usr/sbin/runc'), path.join(folder, 'bin/runc'));
	const plugins = path.join(folder, 'docker/cli-plugins');
	await mkdir(plugins, {recursive: true});
	await symlink(
		path.join(programs.buildx ?? programs.engine, 'usr/libexec/docker/cli-plugins/docker-buildx'),
		path.join(plugins, 'docker-buildx'),
	);
	await writeFile(
		path.join(folder, 'containerd.toml'),
		[
			'version = 2',
			`root = "${folder}/containerd"`,
			`state = "${folder}/containerd-state"`,
			// Kubernetes' parts, and those that write outside the folder.
			`disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]`,
			'[grpc]',
			`address = "${folder}/containerd.sock"`,
			'',
		].join('\n'),
	);
	await writeFile(
		path.join(folder, 'daemon.json'),
		JSON.stringify({
			// Only containerd's image store lets the default builder export mode=max caches (docker/buildx#701).
			features: {'containerd-snapshotter': settings.store === 'containerd'},
			bridge: settings.bridge,
			iptables: false,
			ip6tables: false,
			'ip-forward': false,
			'insecure-registries': [settings.registry],
			builder: {gc: {enabled: false}},
		}),
	);
}

/** runc, and the programs of the newer suite, before the machine's own. */
function pathFor(folder: string): string {
	return [
		path.join(folder, 'bin'),
		path.join(folder, 'programs/usr/bin'),
		path.join(folder, 'programs/usr/sbin'),
		process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
	].join(path.delimiter);
}

async function startDaemons(folder: string): Promise<boolean> {
	const env = {PATH: pathFor(folder)};
	const socket = path.join(folder, 'docker.sock');
	const containerdSocket = path.join(folder, 'containerd.sock');
	startDaemon(path.join(folder, 'programs/usr/bin/containerd'), ['--config', path.join(folder, 'containerd.toml')], {
		env,
		log: path.join(folder, 'containerd.log'),
	});
	startDaemon(
		path.join(folder, 'programs/usr/sbin/dockerd'),
		[
			`--config-file=${folder}/daemon.json`,
			`--data-root=${folder}/data`,
			`--exec-root=${folder}/exec`,
			`--pidfile=${folder}/dockerd.pid`,
			`--host=unix://${socket}`,
			`--containerd=${containerdSocket}`,
		],
		{env, log: path.join(folder, 'dockerd.log')},
	);
	const up = await waitFor(45, async () => {
		const answer = await run(path.join(folder, 'programs/usr/bin/docker'), ['version'], {
			env: {DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: path.join(folder, 'docker'), DOCKER_CONTEXT: ''},
		});
		return answer.exitCode === 0 ? true : undefined;
	});
	return up ?? false;
}
