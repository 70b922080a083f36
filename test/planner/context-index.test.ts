import {mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type {FileStamp} from '../../analyzer/index.ts';
import {contextIndex} from '../../planner/context-index/context-index.ts';
import {formatIndex, type IndexEntry, parseIndex} from '../../planner/context-index/index-format.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {projectRoot} from '../helpers/project.ts';

let root: string;

test.before(async () => {
	root = await mkdtemp(path.join(tmpdir(), 'cachecast-index-'));
});

test.after.always(() => rm(root, {recursive: true, force: true}));

const seconds = 1000;
const seenMs = 1_800_000_000_000;
const digest = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const stamp: FileStamp = {
	mode: 0o100644,
	size: 12,
	modifiedMs: seenMs - 60 * seconds + 0.25,
	changedMs: seenMs - 50 * seconds + 0.5,
	inode: 123,
};

async function noted(name: string, entries: Readonly<Record<string, FileStamp>>): Promise<string> {
	const folder = path.join(root, name);
	const index = contextIndex(folder);
	for (const [file, one] of Object.entries(entries)) {
		index.of('/context').note(file, one, seenMs, digest);
	}

	await index.save();
	return folder;
}

test('a digest is found again for the same stamp alone', async t => {
	const folder = await noted('same', {'a b/c.txt': stamp});
	const found = contextIndex(folder).of('/context');
	t.is(found.find('a b/c.txt', stamp), digest);
	for (const change of [
		{mode: 0o100755},
		{size: 13},
		{modifiedMs: 1},
		{changedMs: stamp.changedMs + 0.25},
		{inode: 4},
	]) {
		t.is(found.find('a b/c.txt', {...stamp, ...change}), undefined, JSON.stringify(change));
	}

	t.is(found.find('a', stamp), undefined);
	t.is(contextIndex(folder).of('/other').find('a b/c.txt', stamp), undefined);
	t.deepEqual(
		await readdir(folder),
		(await readdir(folder)).filter(name => name.endsWith('.index')),
	);
	if (process.platform !== 'win32') {
		t.is((await stat(folder)).mode & 0o777, 0o700);
	}
});

test('a file that changed right before it was looked at is not kept', async t => {
	const folder = await noted('racy', {
		old: stamp,
		changed: {...stamp, changedMs: seenMs - 2 * seconds},
		modified: {...stamp, modifiedMs: seenMs - 2 * seconds},
		'of tomorrow': {...stamp, modifiedMs: seenMs + 86_400 * seconds},
	});
	const index = contextIndex(folder).of('/context');
	t.is(index.find('old', stamp), digest);
	t.is(index.find('changed', {...stamp, changedMs: seenMs - 2 * seconds}), undefined);
	t.is(index.find('modified', {...stamp, modifiedMs: seenMs - 2 * seconds}), undefined);
	t.is(index.find('of tomorrow', {...stamp, modifiedMs: seenMs + 86_400 * seconds}), undefined);
});

test('new digests join those of earlier, and nothing is written without any', async t => {
	const folder = await noted('more', {a: stamp});
	const second = contextIndex(folder);
	t.is(second.of('/context').find('a', stamp), digest);
	await second.save();
	const changed = {...stamp, size: 1};
	second.of('/context').note('b', stamp, seenMs, other);
	second.of('/context').note('a', changed, seenMs, other);
	await second.save();
	const third = contextIndex(folder).of('/context');
	t.is(third.find('a', changed), other);
	t.is(third.find('a', stamp), undefined);
	t.is(third.find('b', stamp), other);

	const empty = path.join(root, 'empty');
	await contextIndex(empty).save();
	const fresh = contextIndex(empty);
	fresh.of('/context').note('a', {...stamp, changedMs: seenMs}, seenMs, digest);
	await fresh.save();
	await t.throwsAsync(readdir(empty), {code: 'ENOENT'});
});

test('of many contexts those used longest ago go', async t => {
	const folder = path.join(root, 'many');
	await mkdir(folder);
	for (let place = 0; place < 70; place++) {
		const file = path.join(folder, `${place}.index`);
		await writeFile(file, '');
		await utimes(file, place, place);
	}

	await noted('many', {a: stamp});
	const left = await readdir(folder);
	t.is(left.length, 64);
	t.false(left.includes('6.index'));
	t.true(left.includes('7.index'));
	t.is(contextIndex(folder).of('/context').find('a', stamp), digest);
});

test('what cannot be written or read is as if nothing was kept', async t => {
	const file = path.join(root, 'a-file');
	await writeFile(file, '');
	const index = contextIndex(path.join(file, 'folder'));
	index.of('/context').note('a', stamp, seenMs, digest);
	await t.notThrowsAsync(index.save());
	t.is(contextIndex(path.join(file, 'folder')).of('/context').find('a', stamp), undefined);
});

const stamps = fc.record({
	mode: fc.nat(),
	size: fc.maxSafeNat(),
	modifiedMs: fc.double({noNaN: true}),
	changedMs: fc.double({noNaN: true}),
	inode: fc.maxSafeNat(),
});
const names = fc.string({unit: 'binary', minLength: 1}).map(name => name.replaceAll('\0', '-'));
const entriesOf = fc.dictionary(
	names,
	fc.record({stamp: stamps, digest: fc.uint8Array({minLength: 32, maxLength: 32})}),
	{minKeys: 1, noNullPrototype: true},
);

test('an index is read as it was written, and not at all when a byte differs', t => {
	fc.assert(
		fc.property(entriesOf, fc.nat(), fc.integer({min: 1, max: 255}), (made, place, change) => {
			const entries = new Map<string, IndexEntry>(
				Object.entries(made).map(([name, one]) => [
					Buffer.from(name).toString(),
					{stamp: one.stamp, digest: Buffer.from(one.digest).toString('hex')},
				]),
			);
			const bytes = Buffer.from(formatIndex('/a', entries));
			const read = parseIndex(bytes, '/a');
			for (const [name, entry] of entries) {
				t.deepEqual(read?.get(name), entry);
				t.is(read?.find(name, entry.stamp), entry.digest);
			}

			t.is(parseIndex(bytes, '/b'), undefined);
			t.is(parseIndex(bytes.subarray(0, place % bytes.length), '/a'), undefined);
			const at = place % bytes.length;
			bytes[at] = (bytes[at] ?? 0) ^ change;
			t.is(parseIndex(bytes, '/a'), undefined);
		}),
		{numRuns: 50},
	);
});

test('a plan takes digests from the index, and with --no-index reads the files', async t => {
	const context = path.join(projectRoot, 'samples/node-service');
	const env = {CACHECAST_CACHE_DIR: path.join(root, 'user')};
	const keyOf = async (...flags: readonly string[]) => {
		const args = ['key', '--engine', 'none', '--buildkit', '0.25.0', '-f', '-', ...flags, context];
		const {stdout, stderr, exitCode} = await runInProcess(args, root, env, 'FROM scratch\nCOPY . /\n');
		t.is(exitCode, 0, stderr);
		return stdout;
	};
	const folder = path.join(root, 'user/contexts');
	const first = await keyOf('--no-index');
	await t.throwsAsync(readdir(folder), {code: 'ENOENT'});
	t.is(await keyOf(), first);

	const [name = ''] = await readdir(folder);
	const file = path.join(folder, name);
	const index = parseIndex(await readFile(file), context);
	t.true(index !== undefined && index.size > 3);
	const wrong = new Map<string, IndexEntry>();
	for (const one of index?.paths ?? []) {
		const entry = index?.get(one);
		if (entry !== undefined) {
			wrong.set(one, {...entry, digest: other});
		}
	}

	await writeFile(file, formatIndex(context, wrong));
	t.not(await keyOf(), first);
	t.is(await keyOf('--no-index'), first);
	await writeFile(file, 'damaged');
	t.is(await keyOf(), first);
});
