import type {ExecutionContext} from 'ava';
import {makeBaseImage} from '../engine/base-image.ts';
import {startOwnEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import {loadTestEngine, type TestEngine, whyNoEngine} from '../engine/test-engine.ts';

/** An engine for one test file alone, as it is emptied again and again: the machine's own never is, others may use it. */
export interface OwnEngine {
	readonly engine: TestEngine | undefined;
	/** Reference of an image to build on. */
	readonly base: string;
}

/** Starts it; in CI one that cannot be started is an error. `base`: what the image has besides busybox. */
export async function startFileEngine(base: Parameters<typeof makeBaseImage>[2]): Promise<OwnEngine> {
	const shared = loadTestEngine();
	const start =
		shared === undefined ? ({kind: 'unavailable', reason: whyNoEngine()} as const) : await startOwnEngine(shared);
	if (start.kind === 'unavailable' && process.env['CI']) {
		throw new Error(start.reason);
	}

	return start.kind === 'started'
		? {engine: start.engine, base: (await makeBaseImage(start.engine, 'base', base)).reference}
		: {engine: undefined, base: ''};
}

export async function stopFileEngine({engine}: OwnEngine): Promise<void> {
	if (engine !== undefined) {
		await stopFolder(engine.folder, engine.programs.tools);
	}
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
