import {readFileSync} from 'node:fs';
import {mkdtemp, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {projectRoot} from '../helpers/project.ts';
import {pushBlob, pushManifest, type Repository, types} from '../helpers/push.ts';
import {startRegistry} from '../helpers/registry.ts';
import {runCli} from '../helpers/run-cli.ts';
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
	const result = await runCli(['cache', ...args, '--format=json'], {cwd});
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
	const text = await runCli(['cache', 'ls', cache]);
	t.regex(text.stdout, /^TAG +TARGET +RECORDS +LAYERS +SIZE +AGE +LAST USE\nlatest-test +latest-test +2 +2 +\d\.\d kB/);
	t.like(await jsonOf(t, cwd, ['verify']), {whole: true, findings: []});
	t.like(await jsonOf(t, cwd, ['prune', '--dry-run']), {dryRun: true, results: 3, tags: []});
	t.like(await jsonOf(t, cwd, ['ls']), {bytes: (listing as {readonly bytes: number}).bytes});
	const pruned = await runCli(['cache', 'prune', '--cache', `type=local,src=${cache}`], {cwd});
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
	const text = await runCli(['cache', 'verify'], {cwd});
	t.is(text.exitCode, 1);
	t.true(text.stdout.includes(`damaged latest: blob ${sha256(layerText('B'))} has 1 bytes instead of 1000\n`));
	await runCli(['cache', 'prune', '--keep=7d'], {cwd});
	t.like(await jsonOf(t, cwd, ['verify']), {whole: true, findings: []});
});

test('save and load, through a file and through pipes', async t => {
	const {cwd, cache} = await project(t);
	const saved = await runCli(['cache', 'save', 'cache.tar'], {cwd});
	t.is(saved.exitCode, 0, saved.stderr);
	const loaded = await runCli(['cache', 'load', 'cache.tar', 'copy'], {cwd});
	t.is(loaded.exitCode, 0, loaded.stderr);
	t.deepEqual(await readFile(path.join(cwd, 'copy', 'index.json')), await readFile(path.join(cache, 'index.json')));
	t.deepEqual(layoutFaults(path.join(cwd, 'copy')), []);
	const refused = await runCli(['cache', 'load', 'cache.tar', 'copy', '--max-size', '5kB'], {cwd});
	t.is(refused.exitCode, 1);
	t.true(refused.stderr.includes('the archive is refused: it holds more than 5120 bytes'), refused.stderr);
	t.deepEqual(layoutFaults(path.join(cwd, 'copy')), []);
});

const mistakes = test.macro(async (t, args: readonly string[], exitCode: number, message: string) => {
	const {cwd} = await project(t);
	const result = await runCli(['cache', ...args], {cwd});
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
test('a registry cannot be pruned', mistakes, ['prune', '--cache=b/c'], 2, 'cache prune is for local caches');
test('a registry cannot be saved', mistakes, ['save', 'x', '--cache=b/c'], 2, 'cache save is for local caches');
test('a builder’s own cache', mistakes, ['verify', '--cache=type=gha'], 2, 'a cache that only a builder can read');

test('ls and verify of a registry', async t => {
	const registry = await startRegistry();
	t.teardown(() => registry.stop());
	const repository: Repository = {host: registry.host, path: 'app'};
	const layer = await pushBlob(repository, types.ociLayer, 'layer');
	const gone = await pushBlob(repository, types.ociLayer, 'gone');
	const config = (layers: readonly {readonly digest: string}[]): string =>
		JSON.stringify({
			layers: layers.map(({digest}, index) => ({blob: digest, parent: index - 1})),
			records: [{digest: sha256('step'), layers: [{layer: layers.length - 1}]}],
		});
	for (const [tag, layers] of [
		['whole', [layer]],
		['lost', [layer, gone]],
	] as const) {
		const described = await pushBlob(repository, types.cacheConfig, config(layers));
		await pushManifest(repository, types.ociManifest, {config: described, layers}, tag);
	}

	const deleted = await fetch(`http://${registry.host}/v2/app/blobs/${gone.digest}`, {method: 'DELETE'});
	t.is(deleted.status, 202);
	const place = (tag: string): string => `--cache=type=registry,ref=${registry.host}/app:${tag}`;
	t.like(await jsonOf(t, os.tmpdir(), ['ls', place('whole')]), {
		bytes: 5,
		caches: [{tag: `${registry.host}/app:whole`, records: 1, layers: 1, lastUse: null}],
	});
	t.like(await jsonOf(t, os.tmpdir(), ['verify', place('whole')]), {whole: true, blobs: 1});
	t.like(await jsonOf(t, os.tmpdir(), ['verify', place('lost')], 1), {
		whole: false,
		findings: [{kind: 'damage', problem: `layer ${sha256('gone')}: it is no longer there`}],
	});
});
