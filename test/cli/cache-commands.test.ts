import {readFileSync} from 'node:fs';
import {mkdtemp, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {projectRoot} from '../helpers/project.ts';
import {buildInto, layerText, stepsIn} from '../helpers/store-export.ts';

const schema = JSON.parse(
	readFileSync(path.join(projectRoot, 'cli', 'schemas', 'cache.schema.json'), 'utf8'),
) as unknown;

/** A folder with the default cache in it: two targets, the one asked for built three times. */
async function project(t: ExecutionContext): Promise<{readonly cwd: string; readonly cache: string}> {
	const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-cache-'));
	t.teardown(() => rm(cwd, {recursive: true, force: true}));
	const cache = path.join(cwd, '.cachecast', 'cache');
	const now = Date.now();
	for (const [at, letters] of ['ABC', 'ADE', 'ABF'].entries()) {
		await buildInto(cache, {'latest-test': 'AT', latest: letters}, {maxAge: 1e9}, now - (3 - at) * 1000);
	}

	return {cwd, cache};
}

async function jsonOf(t: ExecutionContext, cwd: string, args: readonly string[], exitCode = 0): Promise<unknown> {
	const result = await runInProcess(['cache', ...args, '--format=json'], cwd);
	t.is(result.exitCode, exitCode, result.stderr);
	const value = JSON.parse(result.stdout) as unknown;
	t.deepEqual(schemaErrors(schema, value), []);
	return value;
}

test('ls, verify and prune, as text and as JSON', async t => {
	const {cwd, cache} = await project(t);
	const listing = await jsonOf(t, cwd, ['ls']);
	t.like(listing, {
		cache,
		caches: [
			{tag: 'latest-test', target: 'latest-test', kind: 'cache', records: 2, layers: 2},
			{tag: 'latest', target: 'latest', kind: 'cache', records: 6, layers: 6, oldest: '2026-01-01T00:00:00.000Z'},
		],
	});
	const text = await runInProcess(['cache', 'ls', cache], cwd);
	t.regex(text.stdout, /^TAG +TARGET +RECORDS +LAYERS +SIZE +AGE +LAST USE\nlatest-test +latest-test +2 +2 +\d\.\d kB/);
	t.like(await jsonOf(t, cwd, ['verify']), {whole: true, findings: []});
	t.like(await jsonOf(t, cwd, ['prune', '--dry-run']), {dryRun: true, results: 3, tags: []});
	t.like(await jsonOf(t, cwd, ['ls']), {bytes: (listing as {readonly bytes: number}).bytes});
	const pruned = await runInProcess(['cache', 'prune', '--cache', `type=local,src=${cache}`], cwd);
	t.regex(pruned.stdout, /^\d\.\d kB removed from .*: 3 results\n$/);
	t.deepEqual(await stepsIn(cache, 'latest', ['AB', 'ABC', 'ABF', 'AD']), ['AB', 'ABF']);
	t.deepEqual(layoutFaults(cache), []);
});

test('verify exits 1 on damage, and 0 on what is only left over', async t => {
	const {cwd, cache} = await project(t);
	const blobs = path.join(cache, 'blobs', 'sha256');
	await writeFile(path.join(blobs, sha256('nothing').slice(7)), 'nothing');
	t.like(await jsonOf(t, cwd, ['verify']), {whole: true, findings: [{kind: 'leftover', tag: null}]});
	await truncate(path.join(blobs, sha256(layerText('B')).slice(7)), 1);
	t.like(await jsonOf(t, cwd, ['verify'], 1), {
		whole: false,
		findings: [{kind: 'damage', tag: 'latest'}, {kind: 'leftover'}],
	});
	const text = await runInProcess(['cache', 'verify'], cwd);
	t.is(text.exitCode, 1);
	t.true(text.stdout.includes(`damaged latest: blob ${sha256(layerText('B'))} has 1 bytes instead of 1000\n`));
	await runInProcess(['cache', 'prune', '--keep=7d'], cwd);
	t.like(await jsonOf(t, cwd, ['verify']), {whole: true, findings: []});
});

test('save and load, through a file and through pipes', async t => {
	const {cwd, cache} = await project(t);
	const saved = await runInProcess(['cache', 'save', 'cache.tar'], cwd);
	t.is(saved.exitCode, 0, saved.stderr);
	const loaded = await runInProcess(['cache', 'load', 'cache.tar', 'copy'], cwd);
	t.is(loaded.exitCode, 0, loaded.stderr);
	t.deepEqual(await readFile(path.join(cwd, 'copy', 'index.json')), await readFile(path.join(cache, 'index.json')));
	t.deepEqual(layoutFaults(path.join(cwd, 'copy')), []);
	const refused = await runInProcess(['cache', 'load', 'cache.tar', 'copy', '--max-size', '5kB'], cwd);
	t.is(refused.exitCode, 1);
	t.true(refused.stderr.includes('the archive is refused: it holds more than 5120 bytes'), refused.stderr);
	t.deepEqual(layoutFaults(path.join(cwd, 'copy')), []);
});

const mistakes = test.macro(async (t, args: readonly string[], exitCode: number, message: string) => {
	const {cwd} = await project(t);
	const result = await runInProcess(['cache', ...args], cwd);
	t.is(result.exitCode, exitCode);
	t.is(result.stdout, '');
	t.true(result.stderr.includes(message), result.stderr);
});
test('no cache there', mistakes, ['ls', 'nowhere'], 1, 'there is no cache');
test('no cache to prune', mistakes, ['prune', 'nowhere'], 1, 'there is no cache');
test('no such limit', mistakes, ['prune', '--keep=much'], 2, '--keep "much" is neither a time nor a size');
test('no such size', mistakes, ['load', 'x', '--max-size=7d'], 2, '--max-size "7d" is no size');
test('no such archive', mistakes, ['load', 'x'], 1, 'no such file');
test('two caches', mistakes, ['ls', 'a', '--cache=b/c'], 2, 'a folder and --cache name two caches');
test('a builder’s own cache', mistakes, ['verify', '--cache=type=gha'], 2, 'a cache that only a builder can read');
