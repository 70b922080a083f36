import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {setTimeout} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import type {Keep} from '../../planner/store/keep.ts';
import {loadArchive} from '../../planner/store/load-archive.ts';
import {localCaches} from '../../planner/store/local-caches.ts';
import {pruneStore} from '../../planner/store/prune.ts';
import {saveArchive} from '../../planner/store/save-archive.ts';
import {verifyStore} from '../../planner/store/verify.ts';
import {type Headers, pack} from '../../planner/tar.ts';
import {layoutFaults} from '../helpers/layout.ts';
import {projectRoot} from '../helpers/project.ts';
import {buildInto, layerText, stepsIn} from '../helpers/store-export.ts';

async function folder(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-store-'));
	t.teardown(() => rm(dir, {recursive: true, force: true}));
	return path.join(dir, 'cache');
}

const day = 86_400_000;
const states = ['A', 'AB', 'ABC', 'AD', 'ADE', 'ABF'];

const threeStates = test.macro(async (t, keep: Keep, expected: readonly string[]) => {
	const dir = await folder(t);
	for (const [at, letters] of ['ABC', 'ADE', 'ABF'].entries()) {
		const [change] = await buildInto(dir, {latest: letters}, keep, (at + 1) * day);
		t.is(change?.problem, undefined);
		t.deepEqual(layoutFaults(dir), [], letters);
	}

	t.deepEqual(await stepsIn(dir, 'latest', states), expected);
});
test('current: what the last build used', threeStates, {}, ['A', 'AB', 'ABF']);
test('days: all of them', threeStates, {maxAge: 7 * day}, states);
test('one day and a half: not what only the first used', threeStates, {maxAge: 1.5 * day}, [
	'A',
	'AB',
	'AD',
	'ADE',
	'ABF',
]);
test('a size: the first goes', threeStates, {maxBytes: 8300}, ['A', 'AB', 'AD', 'ADE', 'ABF']);
test('days and a size: both hold', threeStates, {maxAge: 1.5 * day, maxBytes: 7300}, ['A', 'AB', 'AD', 'ABF']);

test('the cache of a leaf that is gone goes with the next build of the target; other tags stay', async t => {
	const dir = await folder(t);
	await buildInto(dir, {'latest-test': 'AT', latest: 'AB'}, {}, day);
	await buildInto(dir, {app: 'AM'}, {}, day);
	const [change] = await buildInto(dir, {latest: 'AB'}, {}, 2 * day);
	t.deepEqual(await stepsIn(dir, 'latest-test', ['A', 'AT']), []);
	t.deepEqual(await stepsIn(dir, 'app', ['A', 'AM']), ['A', 'AM']);
	t.deepEqual(layoutFaults(dir), []);
	t.true((change?.removed ?? 0) > 1000, 'its layer and what it was made of');
});

test('what another build takes away stays for one that reads', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, day);
	const stores = localCaches({}, 2 * day);
	const reading = await stores.readFrom(dir);
	await buildInto(dir, {latest: 'XYZ'}, {}, 3 * day);
	t.deepEqual(await stepsIn(reading, 'latest', states), ['A', 'AB', 'ABC']);
	t.is((await verifyStore(reading)).findings.length, 0);
	await stores.close();
	t.deepEqual(layoutFaults(dir), []);
});

test('a damaged blob is found, not taken along, and written again', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, day);
	const file = path.join(dir, 'blobs', 'sha256', sha256(layerText('B')).slice(7));
	await truncate(file, 10);
	const {findings} = await verifyStore(dir);
	t.deepEqual(findings, [
		{kind: 'damage', tag: 'latest', problem: `blob ${sha256(layerText('B'))} has 10 bytes instead of 1000`},
	]);
	await buildInto(dir, {latest: 'ADE'}, {maxAge: 7 * day}, 2 * day);
	t.deepEqual(await stepsIn(dir, 'latest', states), ['A', 'AD', 'ADE']);
	t.deepEqual(layoutFaults(dir), []);
	await buildInto(dir, {latest: 'ABC'}, {maxAge: 7 * day}, 3 * day);
	await writeFile(file, 'x'.repeat(1000));
	t.is((await verifyStore(dir)).findings.length, 1);
	await truncate(file, 10);
	await pruneStore(dir, {keep: {maxAge: 7 * day}, now: 3 * day, isDry: false});
	t.deepEqual(await stepsIn(dir, 'latest', states), ['A', 'AD', 'ADE']);
	t.deepEqual(layoutFaults(dir), []);
});

test('a torn index is no cache, and the next export makes one', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, day);
	await truncate(path.join(dir, 'index.json'), 20);
	t.is((await verifyStore(dir)).findings[0]?.problem, 'its index.json is broken');
	await buildInto(dir, {latest: 'AD'}, {}, 2 * day);
	t.deepEqual(layoutFaults(dir), []);
});

test('a dry run says what a run does, and changes nothing', async t => {
	const dir = await folder(t);
	for (const [at, letters] of ['ABC', 'ADE'].entries()) {
		await buildInto(dir, {latest: letters}, {maxAge: 7 * day}, (at + 1) * day);
	}

	const before = await readdir(path.join(dir, 'blobs', 'sha256'));
	const dry = await pruneStore(dir, {keep: {}, now: 3 * day, isDry: true});
	t.deepEqual(await readdir(path.join(dir, 'blobs', 'sha256')), before);
	t.deepEqual(await pruneStore(dir, {keep: {}, now: 3 * day, isDry: false}), dry);
	t.is(dry.results, 2);
	t.deepEqual(layoutFaults(dir), []);
});

function exporter(dir: string, tag: string, letters: string, times: number): ReturnType<typeof spawn> {
	const script = path.join(projectRoot, 'dist', 'test', 'helpers', 'export-forever.js');
	return spawn(process.execPath, [script, dir, tag, letters, String(times)], {stdio: ['ignore', 'pipe', 'inherit']});
}

test('killed at any moment: the old state or the new one, and the next build removes what is left', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, Date.now());
	for (let round = 0; round < 8; round++) {
		const child = exporter(dir, 'latest', 'ABCDEF', 10_000);
		const ended = once(child, 'exit');
		// It has begun; each of its rounds takes some 20 ms.
		await once(child.stdout ?? child, 'data');
		await setTimeout(3 + round * 7);
		child.kill('SIGKILL');
		await ended;
		const {findings} = await verifyStore(dir);
		t.deepEqual(
			findings.filter(({kind}) => kind === 'damage'),
			[],
		);
	}

	await buildInto(dir, {latest: 'AB'}, {}, Date.now());
	t.deepEqual(layoutFaults(dir), []);
	t.deepEqual(await stepsIn(dir, 'latest', ['A', 'AB']), ['A', 'AB']);
});

test('processes that export to one folder at once: every tag is there, nothing is torn', async t => {
	const dir = await folder(t);
	await mkdir(dir, {recursive: true});
	const tags = ['one', 'two', 'two'];
	const codes = await Promise.all(tags.map(tag => once(exporter(dir, tag, `${tag}ABC`, 6), 'exit')));
	t.deepEqual(
		codes.map(([code]) => code as unknown),
		[0, 0, 0],
	);
	t.deepEqual(layoutFaults(dir), []);
	const index = JSON.parse(readFileSync(path.join(dir, 'index.json'), 'utf8')) as {
		readonly manifests: readonly unknown[];
	};
	t.is(index.manifests.length, 2);
});

async function saved(dir: string): Promise<Buffer> {
	const out = new PassThrough();
	const [bytes] = await Promise.all([buffer(out), saveArchive(dir, out)]);
	return bytes;
}

test('an archive: the same cache gives the same bytes, and comes back', async t => {
	const dir = await folder(t);
	await buildInto(dir, {'latest-test': 'AT', latest: 'ABC'}, {}, day);
	const archive = await saved(dir);
	t.deepEqual(await saved(dir), archive);
	const other = await folder(t);
	await buildInto(other, {old: 'XYZ'}, {}, day);
	const {added, removed} = await loadArchive(Readable.from([archive]), other, 1e9);
	t.true(added > 4000 && removed > 2000);
	t.deepEqual(layoutFaults(other), []);
	t.deepEqual(await saved(other), archive);
});

test('a damaged cache is not saved', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, day);
	await writeFile(path.join(dir, 'blobs', 'sha256', sha256(layerText('B')).slice(7)), 'x'.repeat(1000));
	const out = new PassThrough().on('error', () => undefined);
	out.resume();
	await t.throwsAsync(saveArchive(dir, out), {message: /has other content/});
	t.deepEqual(await readdir(path.join(dir, 'blobs')), ['sha256']);
});

type Entry = readonly [Partial<Headers> & {readonly name: string}, string];

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
	const tar = pack();
	for (const [header, text] of entries) {
		tar.entry(header, text);
	}

	tar.finalize();
	return buffer(tar);
}

const good: readonly Entry[] = [[{name: 'index.json'}, '{"manifests":[]}']];
const blobName = `blobs/sha256/${sha256('x').slice(7)}`;

const refuses = test.macro(async (t, archive: () => Promise<Buffer>, message: RegExp) => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'ABC'}, {}, day);
	const index = await readFile(path.join(dir, 'index.json'));
	const bytes = await archive();
	// Small pieces, as from a slow pipe.
	const pieces = Array.from({length: Math.ceil(bytes.length / 4096)}, (_, at) =>
		bytes.subarray(at * 4096, (at + 1) * 4096),
	);
	await t.throwsAsync(loadArchive(Readable.from(pieces), dir, 1_000_000), {message});
	t.deepEqual(await readFile(path.join(dir, 'index.json')), index);
	t.deepEqual(layoutFaults(dir), []);
	t.deepEqual(await readdir(path.dirname(dir)), ['cache']);
});

const withEntry =
	(header: Entry[0], text = 'x'): (() => Promise<Buffer>) =>
	() =>
		tarOf([...good, [header, text]]);
test('hostile: out of the folder', refuses, withEntry({name: '../evil'}), /leads out/);
test('hostile: out of a blob folder', refuses, withEntry({name: 'blobs/sha256/../../../evil'}), /leads out/);
test('hostile: absolute', refuses, withEntry({name: '/tmp/evil'}), /absolute/);
test(
	'hostile: a link',
	refuses,
	withEntry({name: blobName, type: 'symlink', linkname: '/etc/passwd'}, ''),
	/neither a file/,
);
test(
	'hostile: a hard link',
	refuses,
	withEntry({name: blobName, type: 'link', linkname: 'index.json'}, ''),
	/neither a file/,
);
test('hostile: a device', refuses, withEntry({name: blobName, type: 'character-device'}, ''), /neither a file/);
test('hostile: a pipe', refuses, withEntry({name: blobName, type: 'fifo'}, ''), /neither a file/);
test('hostile: a file that is none of a cache', refuses, withEntry({name: '.lock'}), /none of a cache/);
test('hostile: twice', refuses, () => tarOf([...good, ...good]), /in it twice/);
test('hostile: other content', refuses, withEntry({name: blobName}, 'y'), /other content/);
test('hostile: too much', refuses, withEntry({name: blobName}, 'y'.repeat(1_000_001)), /more than 1000000 bytes/);
test(
	'hostile: a name without end',
	refuses,
	withEntry({name: `blobs/sha256/${'n'.repeat(3_000_000)}`}),
	/no end of headers|more than|none of a cache/,
);
test('hostile: no index', refuses, () => tarOf([[{name: blobName}, 'x']]), /no index.json/);
test('hostile: a broken index', refuses, () => tarOf([[{name: 'index.json'}, '{']]), /broken index.json/);
test(
	'hostile: a manifest that is not there',
	refuses,
	() => tarOf([[{name: 'index.json'}, JSON.stringify({manifests: [{digest: sha256('x'), size: 1}]})]]),
	/incomplete/,
);
test(
	'hostile: cut off',
	refuses,
	async () => (await tarOf([...good, [{name: blobName}, 'x'.repeat(9000)]])).subarray(0, 5000),
	/could not be loaded|no index/,
);
test('hostile: compressed', refuses, async () => gzipSync(await tarOf(good)), /compressed/);
test('hostile: no tar at all', refuses, async () => Buffer.from('x'.repeat(2000)), /could not be loaded/);
