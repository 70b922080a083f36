import {randomUUID} from 'node:crypto';
import {startSshServer} from '../engine/ssh-server.ts';
import {expectations, type FaultCase, newWords} from './fault-case.ts';
import type {FaultProject} from './fault-project.ts';

export const farCases: readonly FaultCase[] = [
	{
		name: 'an engine behind ssh: buildx builds, exports and hits; without buildx it is said',
		isQuick: false,
		run: overSsh,
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
