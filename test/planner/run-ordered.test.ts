import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {type OrderedTask, runOrdered} from '../../planner/run-ordered.ts';

// Tasks that end when a test says so, and a log of all that happens.
function workshop(after: readonly (readonly number[])[]) {
	const log: string[] = [];
	const ends = new Map<number, (result: string) => void>();
	const tasks = after.map(
		(places, place): OrderedTask<string> => ({
			after: places,
			async run(show, signal) {
				log.push(`begin ${place}`);
				show(() => log.push(`show ${place}`));
				return new Promise(resolve => {
					ends.set(place, resolve);
					signal.addEventListener('abort', () => resolve('aborted'), {once: true});
				});
			},
			settle(result) {
				log.push(`settle ${place} ${result}`);
			},
		}),
	);
	const end = async (place: number, result = 'good'): Promise<void> => {
		ends.get(place)?.(result);
		await turn();
		await turn();
	};
	return {log, tasks, end};
}

const isGood = (result: string): boolean => result === 'good';

test('one after another, in order', async t => {
	const {log, tasks, end} = workshop([[], []]);
	const run = runOrdered({tasks, jobs: 1, signal: new AbortController().signal, isGood});
	await end(0);
	await end(1);
	t.is(await run, undefined);
	t.deepEqual(log, ['begin 0', 'show 0', 'settle 0 good', 'begin 1', 'show 1', 'settle 1 good']);
});

test('at the same time, and shown in order whichever is faster', async t => {
	const {log, tasks, end} = workshop([[], [], [0, 1]]);
	const run = runOrdered({tasks, jobs: 8, signal: new AbortController().signal, isGood});
	await end(1);
	t.deepEqual(log, ['begin 0', 'show 0', 'begin 1']);
	await end(0);
	t.deepEqual(log.slice(3), ['settle 0 good', 'show 1', 'settle 1 good', 'begin 2', 'show 2']);
	await end(2);
	t.is(await run, undefined);
	t.is(log.at(-1), 'settle 2 good');
});

test('no more than allowed, the earliest first', async t => {
	const {log, tasks, end} = workshop([[], [0], [], []]);
	const run = runOrdered({tasks, jobs: 2, signal: new AbortController().signal, isGood});
	const begun = () => log.filter(line => line.startsWith('begin'));
	t.deepEqual(begun(), ['begin 0', 'begin 2']);
	await end(0);
	t.deepEqual(begun(), ['begin 0', 'begin 2', 'begin 1']);
	await end(1);
	await end(2);
	await end(3);
	t.is(await run, undefined);
});

test('after one that fails none is begun, and the others are ended', async t => {
	const {log, tasks, end} = workshop([[], [], [1]]);
	const run = runOrdered({tasks, jobs: 2, signal: new AbortController().signal, isGood});
	await end(1, 'bad');
	t.is(await run, 1);
	t.deepEqual(log, ['begin 0', 'show 0', 'begin 1', 'settle 0 aborted', 'show 1', 'settle 1 bad']);
});

test('a signal from outside ends all', async t => {
	const {log, tasks} = workshop([[], [], [0, 1]]);
	const outside = new AbortController();
	const run = runOrdered({tasks, jobs: 2, signal: outside.signal, isGood});
	outside.abort();
	t.is(await run, 0);
	t.deepEqual(
		log.filter(line => line.startsWith('settle')),
		['settle 0 aborted', 'settle 1 aborted'],
	);
});

test('an exception is passed on when nothing runs any more', async t => {
	const {log, tasks} = workshop([[]]);
	const failing: OrderedTask<string> = {
		after: [],
		async run() {
			throw new Error('internal: broken');
		},
		settle: () => t.fail(),
	};
	const run = runOrdered({tasks: [...tasks, failing], jobs: 2, signal: new AbortController().signal, isGood});
	await t.throwsAsync(run, {message: 'internal: broken'});
	t.is(log.at(-1), 'settle 0 aborted');
});

test('one that waits for a part of another begins when that is done', async t => {
	const log: string[] = [];
	let isPartDone = false;
	let wakeUp = (): void => {};
	let finish = (_: string): void => {};
	const run = runOrdered<string>({
		jobs: 2,
		signal: new AbortController().signal,
		isGood,
		tasks: [
			{
				after: [],
				run: (_show, _signal, wake) => {
					wakeUp = wake;
					return new Promise(resolve => {
						finish = resolve;
					});
				},
				settle: () => log.push('settle 0'),
			},
			{
				after: [],
				mayBegin: isDone => isDone(0) || isPartDone,
				run: async () => {
					log.push('begin 1');
					return 'good';
				},
				settle: () => log.push('settle 1'),
			},
		],
	});
	wakeUp();
	await turn();
	t.deepEqual(log, []);
	isPartDone = true;
	wakeUp();
	await turn();
	t.deepEqual(log, ['begin 1']);
	finish('good');
	t.is(await run, undefined);
	t.deepEqual(log, ['begin 1', 'settle 0', 'settle 1']);
});
