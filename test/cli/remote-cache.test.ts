import {readFileSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {createRegistryWriter} from '../../planner/images/registry-writer.ts';
import {ledgerTag} from '../../planner/ledger/ledger-tag.ts';
import {joinImages} from '../../planner/stages/join-images.ts';
import {forward, startServer} from '../helpers/http-server.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {projectRoot} from '../helpers/project.ts';
import {pushManifest, type Repository, types} from '../helpers/push.ts';
import {digestOf, pushCache, pushImage, pushLedger} from '../helpers/push-cache.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {buildInto, layerText, stepsIn} from '../helpers/store-export.ts';

// `cachecast cache` on caches of a registry, a real one.

const test = anyTest as TestFn<{registry: TestRegistry}>;
const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/cache.schema.json'), 'utf8'));

test.before(async t => {
	t.context.registry = await startRegistry();
});
test.after.always(t => t.context.registry.stop());

type Context = ExecutionContext<{registry: TestRegistry}>;

/** A repository of the test's own, and a folder to work in. */
async function place(
	t: Context,
): Promise<{readonly repository: Repository; readonly ref: string; readonly cwd: string}> {
	const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-remote-'));
	t.teardown(() => rm(cwd, {recursive: true, force: true}));
	const name = `r${sha256(t.title).slice(7, 19)}`;
	const {host} = t.context.registry;
	return {repository: {host, path: name}, ref: `${host}/${name}`, cwd};
}

async function jsonOf(t: Context, cwd: string, args: readonly string[], exitCode = 0): Promise<unknown> {
	const result = await runInProcess(['cache', ...args, '--format=json'], cwd);
	t.is(result.exitCode, exitCode, result.stderr);
	const value: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schema, value), []);
	return value;
}

async function succeeds(t: Context, cwd: string, args: readonly string[]): Promise<string> {
	const result = await runInProcess(['cache', ...args], cwd);
	t.is(result.exitCode, 0, result.stderr);
	return result.stderr;
}

/** Joins images of stages as a build does of a Dockerfile with these stages. */
async function join(t: Context, ref: string, names: readonly string[]): Promise<void> {
	const options = {credentials: anonymous};
	const stages = names.map((name, index) => ({index, name, label: name, isDefault: index === names.length - 1}));
	const joined = await joinImages(
		{kind: 'stages', ref, attributes: {}},
		{stages, leaves: []},
		createRegistryClient(options),
		createRegistryWriter(options),
	);
	t.is(joined.kind, 'joined');
}

/** A registry whose answers to some requests are others. */
async function inFront(
	t: Context,
	answer: (method: string, url: string) => number | undefined,
): Promise<{readonly host: string}> {
	const server = await startServer(async (request, response) => {
		const status = answer(request.method ?? '', request.url ?? '');
		await (status === undefined
			? forward(t.context.registry.host, request, response)
			: void response.writeHead(status).end());
	});
	t.teardown(() => server.stop());
	return server;
}

test('ls shows every leaf and platform, and no tag of another thing', async t => {
	const {repository, ref, cwd} = await place(t);
	await pushCache(repository, 'cache', 'ABC');
	await pushCache(repository, 'cache-test', 'AT', 'index');
	await pushCache(repository, 'cache-stage-1-ON-linux-arm64', 'AX');
	await pushCache(repository, 'cachet', 'AY');
	await pushImage(repository, 'cache-image', 'AZ');
	const listing = await jsonOf(t, cwd, ['ls', `--cache=type=registry,ref=${ref}:cache`]);
	t.like(listing, {
		note: null,
		caches: [
			{tag: `${ref}:cache`, target: null, kind: 'cache', records: 3, layers: 3, oldest: '2026-01-01T00:00:00.000Z'},
			{tag: `${ref}:cache-stage-1-ON-linux-arm64`, target: 'stage-1', records: 2},
			{tag: `${ref}:cache-test`, target: 'test', kind: 'cache', records: 2, layers: 2},
		],
	});
	t.is((listing as {readonly caches: readonly unknown[]}).caches.length, 3);
	t.like(await jsonOf(t, cwd, ['verify', `--cache=${ref}:cache`]), {whole: true, findings: [], blobs: 11});
	t.like(await jsonOf(t, cwd, ['ls', `--cache=${ref}:cache-test`]), {caches: [{tag: `${ref}:cache-test`}]});
});

test('ls and verify of images of stages', async t => {
	const {repository, ref, cwd} = await place(t);
	await pushImage(repository, 'stages-deps', 'AB');
	await pushImage(repository, 'stages-AS-stage-1', 'AC');
	await join(t, ref, ['deps', 'stage-1']);
	await pushImage(repository, 'stages-mine', 'AD', {isCached: false});
	const cache = `--cache=type=stages,ref=${ref}`;
	t.like(await jsonOf(t, cwd, ['ls', cache]), {
		caches: [
			{tag: `${ref}:stages-ALL`, target: null, records: 3, layers: 3},
			{tag: `${ref}:stages-AS-stage-1`, target: 'stage-1', records: 2},
			{tag: `${ref}:stages-deps`, target: 'deps', records: 2},
		],
	});
	t.like(await jsonOf(t, cwd, ['verify', cache]), {whole: true, findings: []});
});

test('verify tells what a registry lost', async t => {
	const {repository, ref, cwd} = await place(t);
	const deps = await pushImage(repository, 'stages-deps', 'AB');
	const gone = sha256(layerText('B'));
	await fetch(`http://${repository.host}/v2/${repository.path}/blobs/${gone}`, {method: 'DELETE'});
	t.like(await jsonOf(t, cwd, ['verify', `--cache=type=stages,ref=${ref}`], 1), {
		whole: false,
		findings: [{kind: 'damage', tag: `${ref}:stages-deps`, problem: `blob ${gone} is not there`}],
	});
	const saved = await runInProcess(['cache', 'save', 'x.tar', `--cache=type=stages,ref=${ref}`], cwd);
	t.is(saved.exitCode, 1);
	t.true(saved.stderr.includes(`blob ${gone} is not there`), saved.stderr);
	t.deepEqual(await readdir(cwd), []);
	t.like(await jsonOf(t, cwd, ['ls', `--cache=${ref}@${deps.digest}`]), {caches: [{tag: `${ref}@${deps.digest}`}]});
});

for (const status of [401, 404, 405]) {
	test(`a registry that answers ${status} to a list of tags`, async t => {
		const {repository, cwd} = await place(t);
		await pushCache(repository, 'cache', 'AB');
		await pushCache(repository, 'cache-test', 'AT');
		const {host} = await inFront(t, (_, url) => (url.includes('/tags/list') ? status : undefined));
		const cache = `--cache=${host}/${repository.path}:cache`;
		const listed = await runInProcess(['cache', 'ls', cache], cwd);
		t.is(listed.exitCode, 0);
		t.regex(listed.stderr, /^warning there may be more: registry "127\.0\.0\.1:\d+" .*/);
		t.false(listed.stdout.includes('cache-test'));
		const saved = await runInProcess(['cache', 'save', 'x.tar', cache], cwd);
		t.is(saved.exitCode, 1);
		t.regex(saved.stderr, /not all of it can be found: registry/);
		const pruned = await runInProcess(['cache', 'prune', '--keep=current', cache], cwd);
		t.is(pruned.exitCode, 1);
	});
}

test('a cache goes from a registry into a folder and back', async t => {
	const {repository, ref, cwd} = await place(t);
	await pushCache(repository, 'cache', 'ABC');
	await pushCache(repository, 'cache-test', 'AT', 'index');
	await succeeds(t, cwd, ['save', 'one.tar', `--cache=${ref}:cache`]);
	await succeeds(t, cwd, ['save', 'two.tar', `--cache=${ref}:cache`]);
	t.deepEqual(await readFile(path.join(cwd, 'one.tar')), await readFile(path.join(cwd, 'two.tar')));
	await succeeds(t, cwd, ['load', 'one.tar', 'folder']);
	const folder = path.join(cwd, 'folder');
	t.deepEqual(layoutFaults(folder), []);
	t.like(await jsonOf(t, cwd, ['ls', 'folder']), {
		caches: [
			{tag: 'latest', target: null, records: 3},
			{tag: 'latest-test', target: 'test', records: 2},
		],
	});
	// What a build adds to the folder goes back.
	await buildInto(folder, {'latest-test': 'AT', latest: 'ABF'}, {}, Date.now());
	await succeeds(t, cwd, ['save', 'three.tar', 'folder']);
	const told = await succeeds(t, cwd, ['load', 'three.tar', `--cache=${ref}:cache`]);
	t.regex(told, /^sent [23] blobs, .*; \d were there; tags: cache-test, cache\n$/);
	await succeeds(t, cwd, ['save', 'four.tar', `--cache=${ref}:cache`]);
	await succeeds(t, cwd, ['load', 'four.tar', 'again']);
	t.deepEqual(await stepsIn(path.join(cwd, 'again'), 'latest', ['AB', 'ABC', 'ABF']), ['AB', 'ABF']);
	t.like(await jsonOf(t, cwd, ['verify', `--cache=${ref}:cache`]), {whole: true});
});

test('a layer that is cut off in the middle is fetched again', async t => {
	const {repository, cwd} = await place(t);
	await pushCache(repository, 'cache', 'AB');
	const cut = sha256(layerText('B'));
	let cuts = 0;
	const front = await startServer(async (request, response) => {
		if (request.method === 'GET' && request.url?.endsWith(cut) && cuts === 0) {
			cuts++;
			response.writeHead(200, {'content-length': '1000'});
			response.write('B', () => response.destroy());
			return;
		}

		await forward(t.context.registry.host, request, response);
	});
	t.teardown(() => front.stop());
	await succeeds(t, cwd, ['save', 'x.tar', `--cache=${front.host}/${repository.path}:cache`]);
	t.is(cuts, 1);
	await succeeds(t, cwd, ['load', 'x.tar', 'folder']);
	t.deepEqual(layoutFaults(path.join(cwd, 'folder')), []);
});

test('ledgers are carried with their caches, and those of caches that are gone are pruned', async t => {
	const {repository, ref, cwd} = await place(t);
	const long = `cache-${'x'.repeat(121)}`;
	await pushCache(repository, 'cache', 'AB');
	await pushCache(repository, long, 'AT');
	await pushLedger(repository, ledgerTag('cache'), 'of cache');
	await pushLedger(repository, ledgerTag(long), 'of the long one');
	await succeeds(t, cwd, ['save', 'x.tar', `--cache=${ref}:cache`]);
	await succeeds(t, cwd, ['load', 'x.tar', 'folder']);
	t.deepEqual(layoutFaults(path.join(cwd, 'folder')), []);
	const copy = {...repository, path: `${repository.path}/copy`};
	await succeeds(t, cwd, ['load', 'x.tar', `--cache=${ref}/copy:main`]);
	for (const tag of ['cache', long]) {
		const own = await digestOf(repository, ledgerTag(tag));
		t.truthy(own);
		t.is(await digestOf(copy, ledgerTag(tag.replace('cache', 'main'))), own);
	}

	const listing = (await jsonOf(t, cwd, ['ls', `--cache=${ref}:cache`])) as {readonly caches: readonly unknown[]};
	t.is(listing.caches.length, 2);
	for (const [tag, text] of [
		['cache-gone', 'of one that is gone'],
		[`cache-${'y'.repeat(122)}`, 'of a long one that is gone'],
		['other', 'of another cache'],
	] as const) {
		await pushLedger(repository, ledgerTag(tag), text);
	}

	const pruned = (await jsonOf(t, cwd, ['prune', `--cache=${ref}:cache`, '--keep=current'])) as {
		readonly tags: readonly string[];
		readonly reasons: readonly string[];
	};
	t.deepEqual([...pruned.tags].sort(), ['cache-gone', `cache-${'y'.repeat(122)}`].map(ledgerTag).sort());
	t.is(pruned.reasons[0], 'ledger of a cache that is no longer there, no other tag has it');
	t.truthy(await digestOf(repository, ledgerTag('cache')));
});

test('images of stages are carried with their tags', async t => {
	const {repository, ref, cwd} = await place(t);
	await pushImage(repository, 'v1-deps', 'AB');
	await pushImage(repository, 'v1-app', 'AC');
	await join(t, `${ref}:v1`, ['deps', 'app']);
	await succeeds(t, cwd, ['save', 'x.tar', `--cache=type=stages,ref=${ref}:v1`]);
	const told = await succeeds(t, cwd, ['load', 'x.tar', `--cache=type=stages,ref=${ref}/copy`]);
	t.regex(told, /tags: stages-app, stages-deps, stages-ALL\n$/);
	const copy = {...repository, path: `${repository.path}/copy`};
	for (const name of ['deps', 'app', 'ALL']) {
		t.is(await digestOf(copy, `stages-${name}`), await digestOf(repository, `v1-${name}`));
	}

	t.like(await jsonOf(t, cwd, ['verify', `--cache=type=stages,ref=${ref}/copy`]), {whole: true});
	// Its joined cache is one that a folder can be used with as well.
	await succeeds(t, cwd, ['load', 'x.tar', 'folder']);
	t.deepEqual(layoutFaults(path.join(cwd, 'folder')), []);
	const wrong = await runInProcess(['cache', 'load', 'x.tar', `--cache=${ref}:cache`], cwd);
	t.is(wrong.exitCode, 1);
	t.regex(wrong.stderr, /images of stages, which is not for a cache of type "registry"/);
	t.is(await digestOf(repository, 'cache'), undefined);
});

test('a load that fails leaves the cache as it was', async t => {
	const {repository, cwd} = await place(t);
	await pushCache(repository, 'cache', 'AB');
	await pushCache(repository, 'cache-test', 'AT');
	const {host} = t.context.registry;
	await succeeds(t, cwd, ['save', 'x.tar', `--cache=${host}/${repository.path}:cache`]);
	const before = [await pushCache(repository, 'cache', 'CD'), await pushCache(repository, 'cache-test', 'CE')];
	const small = ['load', 'x.tar', `--cache=${host}/${repository.path}:cache`, '--max-size=2kB'];
	const refused = await runInProcess(['cache', ...small], cwd);
	t.is(refused.exitCode, 1);
	t.regex(refused.stderr, /it holds more than 2048 bytes/);
	// The main tag is refused after that of the leaf was written.
	const front = await startServer(async (request, response) => {
		const url = `http://${host}${request.url ?? ''}`;
		if (request.method === 'PUT' && url.endsWith('/manifests/cache')) {
			response.writeHead(403).end();
			return;
		}

		const chunks: Buffer[] = [];
		for await (const chunk of request) {
			chunks.push(chunk as Buffer);
		}

		const body = ['PUT', 'POST'].includes(request.method ?? '') ? {body: Buffer.concat(chunks)} : {};
		const headers = {
			accept: request.headers.accept ?? '*/*',
			'content-type': request.headers['content-type'] ?? 'application/octet-stream',
		};
		const answer = await fetch(url, {method: request.method ?? 'GET', headers, ...body});
		const location = answer.headers.get('location')?.replace(host, request.headers.host ?? '');
		const type = answer.headers.get('content-type');
		response
			.writeHead(answer.status, {
				...(type !== null && {'content-type': type}),
				...(location !== undefined && {location}),
			})
			.end(Buffer.from(await answer.arrayBuffer()));
	});
	t.teardown(() => front.stop());
	const failed = await runInProcess(['cache', 'load', 'x.tar', `--cache=${front.host}/${repository.path}:cache`], cwd);
	t.is(failed.exitCode, 1);
	t.regex(failed.stderr, /does not let/);
	t.deepEqual(
		[await digestOf(repository, 'cache'), await digestOf(repository, 'cache-test')],
		before.map(({digest}) => digest),
	);
	t.true(front.requests.some(({method, url}) => method === 'PUT' && url?.endsWith('/manifests/cache-test')));
});

const key = (letter: string): string => `cachecast-${letter.repeat(32)}`;
const old = '2020-01-01T00:00:00Z';

/** A repository with images of results, old and new ones, and with the user's own tags. */
async function crowded(t: Context): Promise<Awaited<ReturnType<typeof place>>> {
	const all = await place(t);
	const {repository} = all;
	const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
	await pushCache(repository, 'cache', 'AB');
	await pushCache(repository, 'cache-gone', 'AC');
	await pushImage(repository, key('a'), 'AK', {created: old});
	await pushImage(repository, key('b'), 'AL', {created: hoursAgo(2)});
	// A build may be about to tag this one.
	await pushImage(repository, key('e'), 'AP', {created: hoursAgo(0.5)});
	// The user's tag has this one, an index of the user's that one.
	await pushImage(repository, key('c'), 'AM', {created: old});
	await pushImage(repository, 'v1', 'AM', {created: old});
	const child = await pushImage(repository, key('d'), 'AN', {created: old});
	// With attestations the image of a platform is in an index of its own, and that of all platforms leads past it.
	const part = await pushImage(repository, undefined, 'AQ', {created: old});
	await pushManifest(repository, types.ociIndex, {manifests: [part], annotations: {x: 'y'}}, key('f'));
	await pushManifest(repository, types.ociIndex, {manifests: [child, part]}, 'v2');
	await pushImage(repository, 'cachecast-mine', 'AO', {created: old});
	return all;
}

test('prune removes what limits do not let stay, and nothing that somebody else wrote or needs', async t => {
	const {repository, ref, cwd} = await crowded(t);
	const own = ['a', 'b', 'c', 'd', 'e', 'f'].map(key);
	// Of these nothing shows that cachecast alone wrote them.
	const others = ['cache', 'cache-gone', 'v1', 'v2', 'cachecast-mine'];
	const prune = async (...flags: readonly string[]): Promise<string> => {
		const value = (await jsonOf(t, cwd, ['prune', `--cache=${ref}:cache`, ...flags])) as {
			readonly dryRun: boolean;
			readonly tags: readonly string[];
		};
		return `${value.dryRun ? 'would go' : 'gone'}: ${value.tags.map(tag => tag.at(-1)).join(' ')}`;
	};
	const left = async (): Promise<string> => {
		const digests = await Promise.all([...own, ...others].map(tag => digestOf(repository, tag)));
		t.false(digests.slice(own.length).includes(undefined));
		return own.flatMap((tag, index) => (digests[index] === undefined ? [] : (tag.at(-1) ?? ''))).join(' ');
	};
	t.is(await prune(), 'would go: a b');
	t.is(await prune('--keep=7d', '--dry-run'), 'would go: a');
	t.is(await prune('--keep=13kB', '--dry-run'), 'would go: a');
	t.is(await prune('--keep=1kB', '--dry-run'), 'would go: a b');
	t.is(await prune('--keep=1GB'), 'gone: ');
	t.is(await left(), 'a b c d e f');
	t.is(await prune('--keep=7d'), 'gone: a');
	t.is(await left(), 'b c d e f');
	t.is(await prune('--keep=current'), 'gone: b');
	t.is(await left(), 'c d e f');
	t.like(await jsonOf(t, cwd, ['verify', `--cache=${ref}:cache`]), {whole: true});
});

test('prune removes images of stages that are gone, and only those that were joined', async t => {
	const {repository, ref, cwd} = await place(t);
	await pushImage(repository, 'stages-deps', 'AB');
	await pushImage(repository, 'stages-old', 'AC');
	await pushImage(repository, 'stages-mine', 'AD');
	for (const names of [['old', 'deps'], ['deps'], ['deps', 'new']]) {
		await join(t, ref, names);
	}

	const text = await runInProcess(['cache', 'prune', `--cache=type=stages,ref=${ref}`], cwd);
	t.regex(text.stdout, /^stages-old {2}image of a stage that is no longer there, no other tag has it\n1 tags would be/);
	t.is(text.stderr, 'nothing was removed; add --keep current to remove it\n');
	t.like(await jsonOf(t, cwd, ['prune', `--cache=type=stages,ref=${ref}`, '--keep=current']), {tags: ['stages-old']});
	const left: (Digest | undefined)[] = [];
	for (const tag of ['stages-deps', 'stages-mine', 'stages-ALL', 'stages-old']) {
		left.push(await digestOf(repository, tag));
	}

	t.deepEqual(
		left.map(digest => digest !== undefined),
		[true, true, true, false],
	);
});

test('a registry that lets nobody delete', async t => {
	const {repository, cwd} = await place(t);
	await pushCache(repository, 'cache', 'AB');
	await pushImage(repository, key('a'), 'AK', {created: old});
	const {host} = await inFront(t, method => (method === 'DELETE' ? 405 : undefined));
	const result = await runInProcess(['cache', 'prune', '--keep=7d', `--cache=${host}/${repository.path}:cache`], cwd);
	t.is(result.exitCode, 1);
	t.regex(result.stderr, /lets nobody delete manifests; .* \(405\)/);
	t.regex(result.stdout, /^0 tags removed/);
	t.not(await digestOf(repository, key('a')), undefined);
});

test('a tag that cannot be read ends pruning', async t => {
	const {repository, cwd} = await place(t);
	await pushCache(repository, 'cache', 'AB');
	await pushImage(repository, 'v1', 'AC');
	await pushImage(repository, key('a'), 'AK', {created: old});
	const {host} = await inFront(t, (_, url) => (url.endsWith('/manifests/v1') ? 403 : undefined));
	const result = await runInProcess(
		['cache', 'prune', '--keep=current', `--cache=${host}/${repository.path}:cache`],
		cwd,
	);
	t.is(result.exitCode, 1);
	t.regex(result.stderr, /it is not known what the tag "v1" needs/);
	t.not(await digestOf(repository, key('a')), undefined);
});

test('nothing is asked with --offline', async t => {
	const {ref, cwd} = await place(t);
	for (const args of [['prune'], ['load', 'x.tar']]) {
		const result = await runInProcess(['cache', ...args, '--offline', `--cache=${ref}:cache`], cwd);
		t.is(result.exitCode, 2, result.stderr);
	}
});
