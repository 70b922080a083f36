import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {useUnbuilt} from '../../planner/store/apply-limits.ts';
import {blobSizes} from '../../planner/store/blob-folder.ts';
import {markUsed} from '../../planner/store/mark-used.ts';
import {pruneStore} from '../../planner/store/prune.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {buildInto, layerText, stepsIn} from '../helpers/store-export.ts';

const day = 86_400_000;
const now = Date.parse('2026-06-30T12:00:00Z');
const all = ['A', 'AB', 'ABC', 'ABF'];

/** A cache that was last built eight days ago, and before that with other steps. */
async function oldCache(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-mark-'));
	t.teardown(() => rm(dir, {recursive: true, force: true}));
	await buildInto(dir, {'latest-test': 'AT', latest: 'ABC'}, {maxAge: 30 * day}, now - 9 * day);
	await buildInto(dir, {'latest-test': 'AT', latest: 'ABF'}, {maxAge: 30 * day}, now - 8 * day);
	return dir;
}

async function sizeOf(dir: string): Promise<number> {
	return [...(await blobSizes(dir)).values()].reduce((sum, bytes) => sum + bytes, 0);
}

const layers = (letters: string) => new Set([...letters].map(letter => sha256(layerText(letter))));

test('what was of use stays for days from then on, and nothing else', async t => {
	const dir = await oldCache(t);
	t.deepEqual(await markUsed([{dir, tag: 'latest', layers: layers('ABF')}], now), []);
	t.deepEqual(layoutFaults(dir), []);
	t.deepEqual(await stepsIn(dir, 'latest', all), all);
	const pruning = await pruneStore(dir, {keep: {maxAge: 7 * day}, now: now + day, isDry: false});
	t.deepEqual(await stepsIn(dir, 'latest', all), ['A', 'AB', 'ABF']);
	t.deepEqual(pruning.tags, ['latest-test']);
	t.deepEqual(layoutFaults(dir), []);
});

test('without it all of it goes', async t => {
	const dir = await oldCache(t);
	await pruneStore(dir, {keep: {maxAge: 7 * day}, now: now + day, isDry: false});
	t.deepEqual(await stepsIn(dir, 'latest', all), []);
});

test('a part of it that was of use is what is current', async t => {
	const dir = await oldCache(t);
	await markUsed([{dir, tag: 'latest', layers: layers('AB')}], now);
	await pruneStore(dir, {keep: {}, now: now + day, isDry: false});
	t.deepEqual(await stepsIn(dir, 'latest', all), ['A', 'AB']);
});

test('what is newer, is not there or cannot be changed stays as it is', async t => {
	const dir = await oldCache(t);
	const before = await readFile(path.join(dir, 'index.json'));
	const uses = [
		{dir, tag: 'none', layers: layers('A')},
		{dir, tag: 'latest', layers: layers('A')},
	];
	t.deepEqual(await markUsed(uses, now - 10 * day), []);
	t.deepEqual(await readFile(path.join(dir, 'index.json')), before);
	const nowhere = path.join(dir, 'index.json', 'no');
	const [problem, ...others] = await markUsed([{dir: nowhere, tag: 'latest', layers: layers('A')}], now);
	t.true(problem?.startsWith(`the use of cache "${nowhere}" was not noted: ENOTDIR`), problem);
	t.deepEqual(others, []);
});

test('limits are applied without a build: what was of use stays, the rest goes', async t => {
	const dir = await oldCache(t);
	const uses = [{dir, tag: 'latest', layers: layers('ABC')}];
	const [change, ...others] = await useUnbuilt(uses, {maxAge: 7 * day}, now);
	t.deepEqual(await stepsIn(dir, 'latest', all), ['A', 'AB', 'ABC']);
	t.deepEqual(await stepsIn(dir, 'latest-test', ['A', 'AT']), []);
	t.is(change?.dir, dir);
	t.true((change?.removed ?? 0) > 2000, 'two layers of 1000 bytes');
	t.deepEqual(others, []);
	t.deepEqual(layoutFaults(dir), []);
});

test('of a size the results that were of use stay longest', async t => {
	const dir = await oldCache(t);
	const uses = [{dir, tag: 'latest', layers: layers('ABC')}];
	const whole = await sizeOf(dir);
	await useUnbuilt(uses, {maxBytes: whole - 500}, now);
	t.deepEqual(await stepsIn(dir, 'latest', all), ['A', 'AB', 'ABC']);
});

test('without limits nothing goes, and a folder that cannot be limited is told of', async t => {
	const dir = await oldCache(t);
	t.deepEqual(await useUnbuilt([{dir, tag: 'latest', layers: layers('ABC')}], {}, now), []);
	t.deepEqual(await stepsIn(dir, 'latest', all), all);
	const nowhere = path.join(dir, 'index.json', 'no');
	const [change] = await useUnbuilt([{dir: nowhere, tag: 'latest', layers: layers('A')}], {maxAge: day}, now);
	t.regex(change?.problem ?? '', /ENOTDIR/);
});
