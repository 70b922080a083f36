import test, {type ExecutionContext} from 'ava';
import {coldEngine, isUnreadable} from '../../planner/engines/cold-engine.ts';
import type {BuildEvent, BuildOutcome, BuildRequest, Engine} from '../../planner/engines/engine.ts';

const lost = 'failed to copy: httpReadSeeker: failed open: unexpected status from GET request: 500';

/** An engine whose builds end in turn as told; it notes the caches that it was given. */
function engineThat(...outcomes: readonly BuildOutcome[]): {
	readonly engine: Engine;
	readonly given: (readonly string[])[];
} {
	const given: (readonly string[])[] = [];
	const engine: Engine = {
		info: {kind: 'buildx', address: '', canExportCache: true, takesOwnImages: true, platform: 'linux/amd64'},
		build: async ({cacheFrom}) => outcomes[given.push(cacheFrom) - 1] ?? {kind: 'built'},
		localImage: async () => undefined,
		close: async () => {},
	};
	return {engine, given};
}

const builds = test.macro(
	async (
		t: ExecutionContext,
		outcomes: readonly BuildOutcome[],
		cacheFrom: readonly string[],
		expected: {readonly outcome: BuildOutcome['kind']; readonly given: readonly (readonly string[])[]},
	): Promise<void> => {
		const {engine, given} = engineThat(...outcomes);
		const events: BuildEvent[] = [];
		const request = {cacheFrom} as unknown as BuildRequest;
		const outcome = await coldEngine(engine).build(request, event => events.push(event), new AbortController().signal);
		t.is(outcome.kind, expected.outcome);
		t.deepEqual(given, expected.given);
		t.deepEqual(
			events.map(({kind}) => kind),
			given.length > 1 ? ['message', 'restart'] : [],
		);
	},
);
const failed = (message: string): BuildOutcome => ({kind: 'failed', message});
test('a layer that cannot be read: once more without caches', builds, [failed(lost)], ['c'], {
	outcome: 'built',
	given: [['c'], []],
});
test('but not a third time', builds, [failed(lost), failed(lost)], ['c'], {outcome: 'failed', given: [['c'], []]});
test('no cache was asked for', builds, [failed(lost)], [], {outcome: 'failed', given: [[]]});
test('a step that fails', builds, [failed('process "false" did not complete')], ['c'], {
	outcome: 'failed',
	given: [['c']],
});
test('interrupted', builds, [{kind: 'aborted'}], ['c'], {outcome: 'aborted', given: [['c']]});

const messages = test.macro((t: ExecutionContext, message: string, expected: boolean): void => {
	t.is(isUnreadable(message), expected);
});
// As BuildKit 0.25 in Docker 28.5 said them.
test(
	'a layer that is gone',
	messages,
	'could not fetch content descriptor sha256:12 (application/x) from remote: not found',
	true,
);
test('a layer that is cut', messages, 'short read: expected 130 bytes but got 129: unexpected EOF', true);
test(
	'a cache that cannot be written',
	messages,
	'error writing layer blob: unexpected status from POST request to http://x/: 500',
	false,
);
test('a file that is not there', messages, 'failed to calculate checksum of ref 12::34: "/a.txt": not found', false);
