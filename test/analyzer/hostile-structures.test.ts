import test from 'ava';
import fc from 'fast-check';
import {dedupePaths} from '../../analyzer/context/selector.ts';
import {suggest} from '../../analyzer/dockerfile/suggest.ts';
import {stageDag} from '../../analyzer/graph/stage-dag.ts';
import {configEnv} from '../../analyzer/keys/config-env.ts';
import {type EnvList, envList} from '../../analyzer/keys/env-list.ts';

// What was made to stay fast gives what the plain way gives.

const name = fc.constantFrom('A', 'B', 'C', 'D');
const value = fc.string({maxLength: 3});

test('each version of an environment keeps its own values, whichever is asked', t => {
	const steps = fc.array(fc.tuple(fc.nat(), name, value), {maxLength: 30});
	fc.assert(
		fc.property(steps, fc.array(fc.nat(), {maxLength: 30}), (sets, questions) => {
			const lists: EnvList[] = [envList(['A=1', 'B=2', 'A=3'])];
			const plain: ReadonlyMap<string, string>[] = [
				new Map([
					['B', '2'],
					['A', '3'],
				]),
			];
			for (const [from, key, text] of sets) {
				const index = from % lists.length;
				const next = new Map(plain[index]);
				next.delete(key);
				next.set(key, text);
				plain.push(next);
				lists.push(lists[index]?.set(key, text) ?? envList());
			}

			for (const question of [...questions, ...lists.keys()]) {
				const index = question % lists.length;
				const wanted = plain[index] ?? new Map();
				t.deepEqual(
					lists[index]?.entries(),
					Array.from(wanted, ([key, text]) => `${key}=${text}`),
				);
				t.deepEqual(lists[index]?.names(), [...wanted.keys()]);
				for (const key of ['A', 'B', 'C', 'D']) {
					t.is(lists[index]?.get(key), wanted.get(key));
				}
			}
		}),
	);
});

test('the Env of an image keeps its order, and a name that stands there twice', t => {
	const image = configEnv(['A=1', 'B=2', 'A=3']);
	const changed = image.set('C', '4').set('A', '5').set('B', '6');
	t.deepEqual(changed.entries(), ['A=5', 'B=6', 'A=3', 'C=4']);
	t.deepEqual(image.entries(), ['A=1', 'B=2', 'A=3']);
	t.true(changed.has('C'));
	t.false(image.has('C'));
});

test('a word is suggested when it is two edits away, and the closest one', t => {
	const word = fc.string({unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7});
	fc.assert(
		fc.property(word, fc.array(word, {maxLength: 5}), (from, candidates) => {
			const distances = candidates.map(to => levenshtein(from, to));
			const least = Math.min(...distances, 3);
			const wanted = least === 0 || least > 2 ? undefined : candidates[distances.indexOf(least)];
			t.is(suggest(from, candidates), wanted);
		}),
		{numRuns: 2000},
	);
});

function levenshtein(from: string, to: string): number {
	if (from === '' || to === '') {
		return from.length + to.length;
	}

	const [first, second] = [from.slice(1), to.slice(1)];
	return from[0] === to[0]
		? levenshtein(first, second)
		: 1 + Math.min(levenshtein(first, to), levenshtein(from, second), levenshtein(first, second));
}

test('paths below others are dropped', t => {
	const path = fc
		.array(fc.constantFrom('a', 'a!', 'ab', 'b', 'é', ''), {maxLength: 4})
		.map(parts => `/${parts.join('/')}`);
	fc.assert(
		fc.property(fc.array(path, {maxLength: 8}), paths => {
			const isBelow = (one: string, other: string) =>
				one !== other && one.startsWith(other.endsWith('/') ? other : `${other}/`);
			const wanted = [...new Set(paths)].filter(one => !paths.some(other => isBelow(one, other)));
			t.deepEqual([...dedupePaths(paths)].sort(), wanted.sort());
		}),
		{numRuns: 1000},
	);
});

test('more stages than a call can have arguments have an order', t => {
	const count = 150_000;
	t.is(stageDag(Array.from({length: count}, () => [])).order().length, count);
});
