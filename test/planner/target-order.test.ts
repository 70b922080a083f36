import test from 'ava';
import type {BuildTarget} from '../../planner/build-wish.ts';
import type {Plan} from '../../planner/plan.ts';
import {targetOrder} from '../../planner/target-order.ts';

type Outcomes = Readonly<Record<string, 'hit' | 'miss' | 'unknown' | 'none'>>;

function target(outcomes: Outcomes, isFinal = false): BuildTarget {
	const steps = Object.entries(outcomes).map(([id, outcome]) => ({step: {id}, outcome}));
	return {plan: {stages: [{stage: {needed: true}, steps}]} as unknown as Plan, isFinal} as BuildTarget;
}

const names = {nameOf: (_: Plan, {id}: {readonly id: string}) => id, areAtOdds: () => false};
const wait = (targets: readonly BuildTarget[], output: 'none' | 'load' | 'push' = 'none') =>
	targetOrder(targets, output, names).at(-1);

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
