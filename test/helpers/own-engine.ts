import {readdir, rename} from 'node:fs/promises';
import path from 'node:path';
import {threadId} from 'node:worker_threads';
import type {ExecutionContext} from 'ava';
import {makeBaseImage} from '../engine/base-image.ts';
import {wipe} from '../engine/buildx.ts';
import {startOwnEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import {
	type EngineStart,
	loadTestEngine,
	readState,
	type TestEngine,
	whyNoEngine,
	writeState,
} from '../engine/test-engine.ts';

/** An engine for one test file at a time, as it is emptied again and again: the machine's own never is, others may use it. */
export interface OwnEngine {
	readonly engine: TestEngine | undefined;
	/** Reference of an image to build on. */
	readonly base: string;
}

/** Starts it; in CI one that cannot be started is an error. `base`: what the image has besides busybox. */
export async function startFileEngine(base: Parameters<typeof makeBaseImage>[2]): Promise<OwnEngine> {
	const shared = loadTestEngine();
	const start =
		shared === undefined
			? ({kind: 'unavailable', reason: whyNoEngine()} as const)
			: ((await takeIdle(shared)) ?? (await startOwnEngine(shared)));
	if (start.kind === 'unavailable' && process.env['CI']) {
		throw new Error(start.reason);
	}

	return start.kind === 'started'
		? {engine: start.engine, base: (await makeBaseImage(start.engine, 'base', base)).reference}
		: {engine: undefined, base: ''};
}

/** Leaves the engine, emptied, to the next file that wants one: the end of the run stops it. */
export async function leaveFileEngine({engine}: OwnEngine): Promise<void> {
	if (engine !== undefined) {
		await wipe(engine);
		await writeState(idleFile(engine), {kind: 'started', engine});
	}
}

/** Stops an engine that a test has left in a state that no other could use. */
export async function stopFileEngine({engine}: OwnEngine): Promise<void> {
	if (engine !== undefined) {
		await stopFolder(engine.folder, engine.programs.tools);
	}
}

function idleFile({folder}: TestEngine): string {
	return `${folder}.idle`;
}

// Whose rename succeeds has it.
async function takeIdle({folder}: TestEngine): Promise<EngineStart | undefined> {
	const parent = path.dirname(folder);
	for (const name of (await readdir(parent)).filter(one => one.endsWith('.idle'))) {
		const file = path.join(parent, name);
		const taken = `${file}.${process.pid}-${threadId}`;
		try {
			await rename(file, taken);
		} catch {
			continue;
		}

		return readState(taken);
	}

	return undefined;
}

/** The engine of a test; without one the test says so and passes, which CI does not let happen. */
export function engineOf(t: ExecutionContext<OwnEngine>): TestEngine | undefined {
	const {engine} = t.context;
	if (engine === undefined) {
		t.log(whyNoEngine() || 'no private engine can be started here');
		t.pass();
	}

	return engine;
}
