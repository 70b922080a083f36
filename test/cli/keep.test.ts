import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {environment, runInProcess} from '../helpers/in-process.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {runCli} from '../helpers/run-cli.ts';

// What a local cache keeps of earlier builds, on a real engine that is emptied before each build.

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface BuildJson {
	readonly outcome: string;
	readonly steps: readonly {
		readonly text: string;
		readonly forecast: string;
		readonly actual: string;
		readonly verdict: string;
	}[];
	readonly caches: readonly {
		readonly bytesAdded: number;
		readonly bytesRemoved: number;
		readonly problem: string | null;
	}[];
}

test.serial('an earlier layer is found with days, not with current; no blob is unreferenced', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-keep-'));
	const cache = path.join(dir, 'cache');
	const places = [`--cache-from=type=local,src=${cache}`, `--cache-to=type=local,dest=${cache}`];
	const build = async (letters: string, keep: string, ...flags: readonly string[]): Promise<string> => {
		const lines = [...letters].map(letter => `RUN echo ${letter} > /${letter}`);
		await writeFile(path.join(dir, 'Dockerfile'), [`FROM ${t.context.base}`, ...lines, ''].join('\n'));
		await wipe(engine);
		const args = ['build', dir, '--format=json', '--strict', `--keep=${keep}`, ...places, ...flags];
		const {stdout, stderr, exitCode} = await runInProcess(args, dir, {...environment, ...engine.env});
		t.is(exitCode, 0, stderr);
		const {steps, caches} = JSON.parse(stdout) as BuildJson;
		t.deepEqual(layoutFaults(cache), [], `${letters} ${keep}`);
		t.true(steps.every(({verdict}) => verdict === 'right'));
		t.is(caches[0]?.problem, null);
		return steps.map(({actual}) => (actual === 'cached' ? 'hit' : 'run')).join(' ');
	};
	t.is(await build('ABC', '7d'), 'run run run');
	t.is(await build('ADE', '7d'), 'hit run run');
	t.is(await build('ABF', '7d'), 'hit hit run');
	t.is(await build('ADE', 'current'), 'hit hit hit');
	t.is(await build('ABF', 'current'), 'hit run run');

	// A build for which nothing has to be built is a use of the cache all the same.
	const push = ['--push', `--tag=${engine.registry}/kept:1`];
	t.is(await build('ABF', '7d', ...push), 'hit hit hit');
	const lastUse = async (): Promise<string> => {
		const {stdout} = await runCli(['cache', 'ls', cache, '--format=json']);
		const {caches: listed} = JSON.parse(stdout) as {readonly caches: readonly {readonly lastUse: string}[]};
		return listed[0]?.lastUse ?? '';
	};
	const before = await lastUse();
	const nowhere = {...engine.env, DOCKER_HOST: 'unix:///nowhere/docker.sock'};
	const reused = await runCli(['build', dir, '--keep=7d', ...places, ...push], {env: nowhere});
	t.is(reused.exitCode, 0, reused.stderr);
	const then = await lastUse();
	t.true(then > before);

	// Nor is it asked for anything without an image: the engine would have done nothing.
	const unbuilt = await runInProcess(['build', dir, '--keep=7d', '--format=json', ...places], dir, {
		...environment,
		...engine.env,
	});
	t.deepEqual(
		(JSON.parse(unbuilt.stdout) as BuildJson).steps.map(({forecast, actual}) => `${forecast} ${actual}`),
		['hit not-reached', 'hit not-reached', 'hit not-reached'],
	);
	t.true((await lastUse()) > then);
	t.deepEqual(layoutFaults(cache), []);
	await rm(dir, {recursive: true});
});
