import {callEngine} from './engine-api.ts';
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
	const images = (await callEngine(engine, 'GET', '/images/json?all=true')) as readonly {readonly Id: string}[];
	for (const {Id} of images) {
		await callEngine(engine, 'DELETE', `/images/${Id}?force=true`);
	}

	await callEngine(engine, 'POST', '/build/prune?all=true');
}
