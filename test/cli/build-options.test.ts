import {mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {builderOf} from '../helpers/forecast-build.ts';
import {leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {setAttribute} from '../helpers/set-attribute.ts';

// What is part of a key besides Dockerfile and file contents: forecast, built on an emptied engine and compared.

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

const hit = 'hit cached';
const miss = 'miss ran';

// buildx follows the link `lib` for `alias` alone, so that only `sub` of it is sent.
test.serial('two paths through one link', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const dockerfile = 'COPY alias /alias/\nCOPY lib /lib/\n';
	const links = (unsent: string) => ({
		prepare: async (dir: string) => {
			await mkdir(path.join(dir, 'real/sub'), {recursive: true});
			await writeFile(path.join(dir, 'real/sub/c'), 'c\n', {mode: 0o644});
			await writeFile(path.join(dir, 'real/a'), unsent, {mode: 0o644});
			await symlink('real', path.join(dir, 'lib'));
			await symlink('lib/sub', path.join(dir, 'alias'));
		},
	});
	await build('cold', dockerfile, links('a\n'), {2: miss, 3: miss});
	await build('a file that is not sent', dockerfile, links('b\n'), {2: hit, 3: 'unknown cached'});
	await build('with the folder', `${dockerfile}COPY real /real/\n`, links('b\n'), {2: hit, 3: miss, 4: miss});
});

test.serial('extended attributes', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const dockerfile = 'COPY a.txt /\nCOPY sub /sub/\n';
	const files = (...attributes: readonly (readonly [file: string, name: string, value: string])[]) => ({
		prepare: async (dir: string) => {
			await writeFile(path.join(dir, 'a.txt'), 'a\n', {mode: 0o644});
			await mkdir(path.join(dir, 'sub'), {mode: 0o755});
			await writeFile(path.join(dir, 'sub/b.txt'), 'b\n', {mode: 0o644});
			for (const [file, name, value] of attributes) {
				setAttribute(path.join(dir, file), name, value);
			}
		},
	});
	const one = ['a.txt', 'user.one', '1'] as const;
	await build('cold', dockerfile, files(one), {2: miss, 3: miss});
	await build('the same', dockerfile, files(one), {2: hit, 3: hit});
	await build('a second', dockerfile, files(one, ['sub/b.txt', 'user.x', 'x']), {2: hit, 3: miss});
	await build('of a folder', dockerfile, files(one, ['sub', 'user.x', 'x']), {2: hit, 3: miss});
	await build('none', dockerfile, files(), {2: miss, 3: miss});
	await build('one that counts in no key', dockerfile, files(['a.txt', 'security.test', 'x']), {2: hit, 3: hit});
});

test.serial('one stage without cache', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const dockerfile =
		'RUN echo 1 > /1\nFROM scratch AS Two\nCOPY --from=0 /1 /2\nWORKDIR /w\nFROM scratch\nCOPY --from=two /2 /3\n';
	await build('cold', dockerfile, {}, {2: miss, 4: miss, 5: miss, 7: miss});
	await build('warm', dockerfile, {}, {2: hit, 4: hit, 5: hit, 7: hit});
	const filter = {flags: ['--no-cache-filter=two,other']};
	await build('one stage', dockerfile, filter, {2: hit, 4: miss, 5: miss, 7: 'unknown cached'});
});

test.serial('options of RUN', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const all = [
		'--ulimit=nofile=1024:2048',
		'--ulimit=core=0',
		'--add-host=b:10.0.0.2',
		'--add-host=A=10.0.0.1',
		'--ulimit=nofile=1024:4096',
		'--add-host=c:host-gateway',
		'--shm-size=70m',
	];
	const run = 'RUN true\n';
	await build('cold', run, {flags: all}, {2: miss});
	await build('the same', run, {flags: all}, {2: hit});
	await build(
		'in another order, other addresses',
		run,
		{flags: [...all.map(flag => flag.replace('10.0.0.1', '10.0.0.3'))].reverse()},
		{2: miss},
	);
	await build('another network', run, {flags: ['--network=none']}, {2: miss});
	await build('another network again', run, {flags: ['--network=none']}, {2: hit});
});

test.serial('SOURCE_DATE_EPOCH', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const dockerfile = 'WORKDIR /w\nCOPY Dockerfile /\nRUN true\n';
	const dated = (seconds: string) => ({env: {SOURCE_DATE_EPOCH: seconds}});
	await build('cold', dockerfile, dated('1700000000'), {2: miss, 3: miss, 4: miss});
	await build('the same', dockerfile, dated('1700000000'), {2: hit, 3: hit, 4: hit});
	await build('another', dockerfile, dated('1700000001'), {2: miss, 3: miss, 4: miss});
});
