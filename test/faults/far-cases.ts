import {randomUUID} from 'node:crypto';
import path from 'node:path';
import {startBuildkitBridge} from '../engine/buildkit-bridge.ts';
import {buildx, wipe} from '../engine/buildx.ts';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {startSshServer} from '../engine/ssh-server.ts';
import {stopFolder} from '../engine/stop.ts';
import {type Expectations, expectations, type FaultCase, newWords} from './fault-case.ts';
import {type FaultProject, startFaultProject} from './fault-project.ts';

/** No faults, but engines that are far from where cachecast runs. */
export const farCases: readonly FaultCase[] = [
	{
		name: 'an engine behind ssh: buildx builds, exports and hits; its API is refused',
		isQuick: false,
		run: overSsh,
	},
	{name: 'a builder of driver "remote": builds, exports and hits; then it is down', isQuick: false, run: remoteBuilder},
	{
		name: 'two engines that share a registry only, the other from Debian trixie: each hits what the other exported',
		isQuick: false,
		run: shareRegistry,
	},
];

async function overSsh(project: FaultProject): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const server = await startSshServer(project.engine);
	const cache = `type=registry,ref=${project.engine.registry}/faults/${randomUUID()}:cache`;
	await project.edit(newWords().old);
	const flags = [`--cache-from=${cache}`, `--cache-to=${cache}`, '--strict'];
	for (const [what, report] of [
		['cold', /^forecast 2\/2 right/],
		['warm', /^forecast 2\/2 right/],
	] as const) {
		const before = await server.logins();
		const built = await project.buildWith(server.env, ...flags);
		equal(`${what}: ${built.stderr}`, built.exitCode, 0);
		matches(what, built.stdout, report);
		equal(`${what}: through ssh`, (await server.logins()) > before, true);
	}

	equal('the cache holds', await project.forecast(cache), 'hit hit');
	const api = await project.buildWith(server.env, '--engine=docker');
	equal('exit code', api.exitCode, 1);
	matches('said', api.stderr, /an engine behind ssh can be used only through docker buildx/);
	const unknown = await project.buildWith({...server.env, DOCKER_HOST: 'ssh://root@127.0.0.1:1'});
	equal('exit code', unknown.exitCode, 1);
	matches('said', unknown.stderr, /no Docker engine can be reached; tried: .*127\.0\.0\.1/);
	return wrong;
}

async function remoteBuilder(project: FaultProject): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const {engine} = project;
	const bridge = await startBuildkitBridge(engine);
	const name = `far-${randomUUID()}`;
	const cache = `type=registry,ref=${engine.registry}/faults/${randomUUID()}:cache`;
	try {
		const made = await buildx(engine, ['create', `--name=${name}`, '--driver=remote', bridge.address]);
		equal('the builder is made', made.exitCode, 0);
		await project.edit(newWords().old);
		for (const what of ['cold', 'warm']) {
			const flags = [`--builder=${name}`, `--cache-from=${cache}`, `--cache-to=${cache}`, '--strict'];
			const before = bridge.connections();
			await wipe(engine);
			const built = await project.build(...flags);
			equal(`${what}: ${built.stderr}`, built.exitCode, 0);
			matches(what, built.stdout, /^forecast 2\/2 right/);
			equal(`${what}: through the builder`, bridge.connections() > before, true);
		}

		equal('the cache holds', await project.forecast(cache), 'hit hit');
	} finally {
		await bridge.stop();
	}

	const {exitCode, stderr} = await project.build(`--builder=${name}`);
	equal('exit code', exitCode, 1);
	matches('said', stderr, /no Docker engine can be reached; tried: builder "far-.*" \(nobody answers at tcp:/);
	await buildx(engine, ['rm', name]);
	return wrong;
}

async function shareRegistry(project: FaultProject): Promise<readonly string[]> {
	const all = expectations();
	const start = await findOrStartEngine('private:trixie');
	if (start.kind === 'unavailable') {
		return [start.reason];
	}

	const {engine} = start;
	const other = await startFaultProject(engine, project.base);
	try {
		for (const [from, to] of [
			[project, other],
			[other, project],
		] as const) {
			await handOver(from, to, `${project.engine.registry}/faults/${randomUUID()}:cache`, all);
		}
	} finally {
		await other.stop();
		await stopFolder(path.dirname(engine.folder), engine.programs.tools);
	}

	return all.wrong;
}

interface BuildJson {
	readonly steps: readonly {readonly forecast: string; readonly actual: string}[];
}

/** One engine exports, the other, which has nothing of its own, forecasts and builds: unchanged, then with a step that misses. */
async function handOver(from: FaultProject, to: FaultProject, ref: string, {equal}: Expectations): Promise<void> {
	const versions = `${from.engine.versions.engine} → ${to.engine.versions.engine}`;
	const {old} = newWords();
	await from.edit(old);
	const first = await from.build(`--cache-to=type=registry,ref=${ref}`);
	equal(`${versions}: export: ${first.stderr}`, first.exitCode, 0);
	for (const [command, expected] of [
		['true', ['hit cached', 'hit cached']],
		['echo changed', ['hit cached', 'miss ran']],
	] as const) {
		await to.edit(old, command);
		await wipe(to.engine);
		const built = await to.build(
			`--cache-from=type=registry,ref=${ref}`,
			`--cache-to=type=registry,ref=${ref}-${command.length}`,
			'--strict',
			'--format=json',
		);
		const steps = built.stdout === '' ? built.stderr : (JSON.parse(built.stdout) as BuildJson).steps;
		const actual = typeof steps === 'string' ? steps : steps.map(step => `${step.forecast} ${step.actual}`);
		equal(`${versions}: ${command}`, [built.exitCode, actual], [0, expected]);
	}
}
