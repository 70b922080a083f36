import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {environment, runInProcess} from '../helpers/in-process.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

test.serial('a target that its cache holds wholly is not built, and nothing else is left out', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-settled-'));
	const file = (name: string, text: string) => writeFile(path.join(cwd, name), text, {mode: 0o644});
	const cache = `type=registry,ref=${engine.registry}/settled:main`;
	const build = async (...flags: readonly string[]): Promise<readonly (readonly [number, string])[]> => {
		await wipe(engine);
		const args = ['build', `--cache-from=${cache}`, '--format=json', ...flags, '.'];
		const result = await runInProcess(args, cwd, {...environment, ...engine.env});
		t.is(result.exitCode, 0, result.stderr);
		const {steps} = JSON.parse(result.stdout) as {
			readonly steps: readonly {readonly line: number; readonly forecast: string; readonly actual: string}[];
		};
		return steps.map(({line, forecast, actual}) => [line, `${forecast} ${actual}`] as const).sort(([a], [b]) => a - b);
	};
	try {
		const {base} = t.context;
		await file('Dockerfile', `FROM ${base} AS test\nCOPY t.txt /\nFROM ${base}\nCOPY a.txt /\n`);
		await file('t.txt', 't\n');
		await file('a.txt', 'a\n');
		const same = `--cache-to=${cache}`;
		t.deepEqual(await build(same), [
			[2, 'miss ran'],
			[4, 'miss ran'],
		]);
		t.deepEqual(await build(same), [
			[2, 'hit not-reached'],
			[4, 'hit not-reached'],
		]);
		t.deepEqual(await build(same, '--strict'), [
			[2, 'hit cached'],
			[4, 'hit cached'],
		]);
		// Another place lacks it all.
		const other = `--cache-to=type=registry,ref=${engine.registry}/settled:other`;
		t.deepEqual(await build(other), [
			[2, 'hit cached'],
			[4, 'hit cached'],
		]);
		await file('a.txt', 'other\n');
		t.deepEqual(await build(same), [
			[2, 'hit not-reached'],
			[4, 'miss ran'],
		]);
		// What was written stays whole: both targets hit, one of them in what an earlier build wrote.
		t.deepEqual(await build(same, '--strict'), [
			[2, 'hit cached'],
			[4, 'hit cached'],
		]);
	} finally {
		await rm(cwd, {recursive: true, force: true});
	}
});
