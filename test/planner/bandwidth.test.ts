import test from 'ava';
import {bandwidthOf, type Transfer, withMeasured} from '../../planner/cost/bandwidth.ts';
import {movingOf} from '../../planner/cost/moving.ts';
import {statusReader} from '../../planner/engines/solve-status.ts';
import type {Rates} from '../../planner/ledger/ledger.ts';

const mega = 1_000_000;
const layer = (letter: string) => `sha256:${letter.repeat(64)}`;

const pull = (letter: string, started: number, completed: number, bytes?: number): Transfer => ({
	direction: 'pull',
	layer: layer(letter),
	started,
	completed,
	...(bytes !== undefined && {bytes}),
});
const push = (...given: Parameters<typeof pull>): Transfer => ({...pull(...given), direction: 'push'});

const sizes = {
	pulled: new Map([
		[layer('a'), 4 * mega],
		[layer('b'), 4 * mega],
	]),
	made: new Map([[layer('c'), 2 * mega]]),
};

const measured = test.macro({
	exec(t, transfers: readonly Transfer[], expected: Rates | undefined) {
		t.deepEqual(withMeasured(undefined, transfers, sizes), expected);
	},
	title: title => `measured: ${title}`,
});

test('one layer', measured, [pull('a', 0, 2000)], {pull: [2 * mega], push: []});
test('what the engine tells counts before what the cache does', measured, [pull('a', 0, 2000, 6 * mega)], {
	pull: [3 * mega],
	push: [],
});
test('two at the same time share the line', measured, [pull('a', 0, 2000), pull('b', 1000, 4000)], {
	pull: [2 * mega],
	push: [],
});
test('the time between two does not count', measured, [pull('a', 0, 2000), pull('b', 9000, 11_000)], {
	pull: [2 * mega],
	push: [],
});
test('a push of a layer that was made', measured, [push('c', 0, 1000)], {pull: [], push: [2 * mega]});
test('not of one that may have been there', measured, [push('a', 0, 1)], undefined);
test('too little tells nothing', measured, [pull('a', 0, 1, 1000)], undefined);
test('no time tells nothing', measured, [pull('a', 5, 5)], undefined);
test('nothing', measured, [], undefined);

test('the last ten are kept, and the median counts', t => {
	const before: Rates = {pull: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], push: []};
	const rates = withMeasured(before, [pull('a', 0, 2000)], sizes);
	t.deepEqual(rates?.pull, [2, 3, 4, 5, 6, 7, 8, 9, 10, 2 * mega]);
	t.is(bandwidthOf(rates, 'pull'), 6.5);
	t.is(bandwidthOf(rates, 'push'), undefined);
});

for (const [title, seconds, bytes, rate, expected] of [
	['pays', [3, 5, 4], 10 * mega, 5 * mega, {bytes: 10 * mega, seconds: 2, running: 4, pays: true}],
	['does not pay', [1], 10 * mega, 5 * mega, {bytes: 10 * mega, seconds: 2, running: 1, pays: false}],
	['no bandwidth', [1], 10 * mega, undefined, undefined],
	['no history', [], 10 * mega, 5 * mega, undefined],
	['no size', [1], undefined, 5 * mega, undefined],
] as const) {
	test(`moving: ${title}`, t => {
		t.deepEqual(movingOf({seconds, ...(bytes !== undefined && {bytes})}, rate), expected);
	});
}

// As buildx prints them.
for (const [id, direction] of [
	[layer('a'), 'pull'],
	[`pulling ${layer('a')}`, 'pull'],
	[`writing layer ${layer('a')}`, 'push'],
	[`extracting ${layer('a')}`, undefined],
	[`writing config ${layer('a')}`, undefined],
] as const) {
	test(`what an engine tells of "${id.slice(0, 20)}"`, t => {
		const [started, completed] = ['2026-11-24T07:06:51.5Z', '2026-11-24T07:06:52.25Z'];
		const status = {id, vertex: 'sha256:one', current: 9, timestamp: completed, started};
		const read = (one: object) =>
			statusReader()({statuses: [one]}).flatMap(event => (event.kind === 'transfer' ? [event] : []));
		t.deepEqual(read(status), []);
		t.deepEqual(
			read({...status, completed}).map(event => [event.direction, event.completed - event.started, event.bytes]),
			direction === undefined ? [] : [[direction, 750, 9]],
		);
	});
}
