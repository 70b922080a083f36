import test from 'ava';
import type {BuildTarget} from '../../planner/build-wish.ts';
import type {CacheSpec} from '../../planner/caches/cache-source.ts';
import type {Plan} from '../../planner/plan.ts';
import {targetOrder} from '../../planner/target-order.ts';

type Outcomes = Readonly<Record<string, 'hit' | 'miss' | 'unknown' | 'none'>>;

/** `cached`: bytes of the layers that its cache holds; the first one is used by a hit. */
function target(outcomes: Outcomes, isFinal = false, cached: readonly number[] = [5e9, 1000]): BuildTarget {
	const layers = cached.map((size, at) => ({blob: `layer ${at}`, size}));
	const result = {layers: layers.slice(0, 1)};
	// Each step is made of the one before, but those of a name with a star start anew.
	const vertices = new Map<string, readonly string[]>();
	let below: readonly string[] = [];
	for (const id of Object.keys(outcomes)) {
		vertices.set(id, id.startsWith('*') ? [] : below);
		below = [id];
	}

	const keys = {
		cacheMap: (id: string) => ({
			kind: 'known',
			map: {digests: [], inputs: (vertices.get(id) ?? []).map(vertex => ({vertex}))},
		}),
	};
	const steps = Object.entries(outcomes).map(([id, outcome]) => ({
		step: {id, vertex: id},
		outcome,
		...(outcome === 'hit' && {result}),
	}));
	const caches = layers.length > 0 ? [{used: true, reading: {kind: 'found', config: {layers}}}] : [];
	return {plan: {stages: [{stage: {needed: true}, steps}], caches, keys} as unknown as Plan, isFinal} as BuildTarget;
}

const names = {nameOf: (_: Plan, {id}: {readonly id: string}) => id, areAtOdds: () => false};
const registry: CacheSpec = {kind: 'registry', ref: 'app:cache', attributes: {}};
const folder: CacheSpec = {kind: 'local', dir: 'cache', tag: 'latest', attributes: {}};
const wait = (
	targets: readonly BuildTarget[],
	output: 'none' | 'load' | 'push' = 'none',
	cacheTo: readonly CacheSpec[] = [registry],
) => targetOrder(targets, {output, cacheTo}, names).at(-1);

test('what shares nothing that runs waits for nothing', t => {
	const one = target({base: 'hit', own: 'miss'});
	t.deepEqual(wait([one, target({base: 'hit', other: 'miss'})]), {after: [], shared: []});
	t.deepEqual(wait([one, target({base: 'hit', other: 'miss'}, true)]), {after: [], shared: []});
});

test('a step that both may run is waited for, and no more', t => {
	const one = target({base: 'hit', build: 'miss', link: 'unknown', own: 'miss'});
	t.deepEqual(wait([one, target({base: 'hit', build: 'miss', link: 'unknown', other: 'miss'}, true)]), {
		after: [],
		shared: [{place: 0, steps: ['build', 'link']}],
	});
});

test('an image is made when all else is built', t => {
	const targets = [target({one: 'hit'}), target({two: 'miss'}), target({three: 'miss'}, true)];
	t.deepEqual(wait(targets, 'push'), {after: [0, 1], shared: []});
	t.deepEqual(wait(targets, 'load'), {after: [0, 1], shared: []});
});

test('a step that one finds and the other does not: one after the other', t => {
	t.deepEqual(wait([target({build: 'miss'}), target({build: 'hit'}, true)]), {after: [0], shared: []});
});

test('what would be uploaded twice is waited for, where it is much or nobody knows', t => {
	const both = (cached: readonly number[], cacheTo: readonly CacheSpec[]) => {
		const outcomes: Outcomes = {base: 'hit', build: 'miss'};
		return wait([target(outcomes, false, cached), target(outcomes, true, cached)], 'none', cacheTo);
	};
	const [waits, overlaps] = [
		{after: [0], shared: []},
		{after: [], shared: [{place: 0, steps: ['build']}]},
	];
	t.deepEqual(both([5e9, 30e6], [registry]), waits);
	t.deepEqual(both([], [registry]), waits);
	t.deepEqual(both([5e9, 8e6], [registry]), overlaps);
	t.deepEqual(both([5e9, 30e6], [folder]), overlaps);
	t.deepEqual(both([], []), overlaps);
});

const above = test.macro((t, one: Outcomes, other: Outcomes, waits: boolean) => {
	t.deepEqual(wait([target(one), target(other, true)])?.after, waits ? [0] : []);
	t.deepEqual(wait([target(other), target(one, true)])?.after, waits ? [0] : [], 'the other way round');
});
const found = {base: 'none', deps: 'hit'} as const;
test(
	'hits above a hit that both have are lost',
	above,
	{...found, own: 'miss'},
	{...found, build: 'hit', own2: 'miss'},
	true,
);
test('however far above', above, {...found, own: 'miss'}, {...found, run: 'miss', copy: 'hit'}, true);
test('above one that may hit as well', above, {deps: 'unknown', own: 'miss'}, {deps: 'unknown', link: 'hit'}, true);
test(
	'not above what is no step',
	above,
	{base: 'none', own: 'miss'},
	{base: 'none', build: 'hit', own2: 'miss'},
	false,
);
test('nor beside it', above, {...found, own: 'miss'}, {...found, '*': 'hit', own2: 'miss'}, false);
test(
	'nor those that both have',
	above,
	{...found, build: 'hit', own: 'miss'},
	{...found, build: 'hit', own2: 'miss'},
	false,
);
