import {run} from './processes.ts';
import type {TestEngine} from './test-engine.ts';

/** Versions as the programs say them; `?` where one says none. */
export async function engineVersions(
	docker: string,
	env: Readonly<Record<string, string>>,
): Promise<TestEngine['versions']> {
	const [engine, buildx, builder] = await Promise.all([
		run(docker, ['version', '--format', '{{.Server.Version}}'], {env}),
		run(docker, ['buildx', 'version'], {env}),
		run(docker, ['buildx', 'inspect'], {env}),
	]);
	return {
		engine: engine.stdout.trim() || '?',
		buildx: / v?(?<version>\d\S*)/.exec(buildx.stdout)?.groups?.['version'] ?? '?',
		buildkit: /^BuildKit version:\s*(?<version>\S+)/m.exec(builder.stdout)?.groups?.['version'] ?? '?',
	};
}
