import {type RunOptions, type RunResult, run} from './processes.ts';
import type {TestEngine} from './test-engine.ts';

/** Runs `docker <args>` against the engine. */
export function docker(engine: TestEngine, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
	return run(engine.docker, args, {...options, env: {...engine.env, ...options.env}});
}

/** Runs `docker buildx <args>` against the engine. */
export function buildx(engine: TestEngine, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
	return docker(engine, ['buildx', ...args], options);
}

/** Empties an engine: its build cache and its images. Only a private one, for others may use a found one. */
export async function wipe(engine: TestEngine): Promise<void> {
	if (engine.kind !== 'private') {
		throw new Error('internal: only a private engine may be wiped');
	}
	const images = await docker(engine, ['image', 'ls', '--all', '--quiet', '--no-trunc']);
	const ids = [...new Set(images.stdout.split('\n').filter(line => line !== ''))];
	const results = [
		...(ids.length > 0 ? [await docker(engine, ['image', 'rm', '--force', ...ids])] : []),
		await buildx(engine, ['prune', '--all', '--force']),
	];
	const failed = results.find(result => result.exitCode !== 0);
	if (failed !== undefined) {
		throw new Error(`the engine cannot be emptied: ${failed.stderr}`);
	}
}
