import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {makeBaseImage} from '../engine/base-image.ts';
import {buildx, docker, wipe} from '../engine/buildx.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

// A plan is for the engine at hand: its dialect, its platform, its local images.

const test = anyTest as TestFn<OwnEngine>;
const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/plan.schema.json'), 'utf8'));

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface Plan {
	readonly engine: {readonly kind: string; readonly engineVersion: string | null} | null;
	readonly dialect: {readonly by: string; readonly version: string | null};
	readonly images: readonly {readonly digest: string | null}[];
	readonly stages: readonly {
		readonly steps: readonly {
			readonly line: number;
			readonly forecast: string;
			readonly layers: number | null;
			readonly bytes: number | null;
		}[];
	}[];
	readonly summary: {readonly pull: {readonly layers: number; readonly bytes: number}};
}

async function plan(
	t: ExecutionContext<OwnEngine>,
	cwd: string,
	args: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<Plan> {
	const result = await runCli(['plan', '.', '--format=json', ...args], {cwd, env});
	t.is(result.exitCode, 0, result.stderr);
	const value: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schema, value), []);
	return value as Plan;
}

const outcomes = ({stages}: Plan): readonly string[] =>
	stages.flatMap(({steps}) => steps.map(({line, forecast}) => `${line} ${forecast}`));

async function inContext<T>(dockerfile: string, use: (cwd: string) => Promise<T>): Promise<T> {
	const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-plan-engine-'));
	await writeFile(path.join(cwd, 'Dockerfile'), dockerfile);
	await writeFile(path.join(cwd, 'a.txt'), 'a\n');
	try {
		return await use(cwd);
	} finally {
		await rm(cwd, {recursive: true, force: true});
	}
}

test.serial(
	'the engine at hand gives its dialect; none, a given version and another kind of engine do not',
	async t => {
		const engine = engineOf(t);
		if (engine === undefined) {
			return;
		}

		await inContext(`FROM ${t.context.base}\nCOPY . /a/\nCOPY a.txt /b/\n`, async cwd => {
			const cache = `type=registry,ref=${engine.registry}/plan-engine:cache`;
			const built = await buildx(engine, ['build', `--cache-to=${cache},mode=max`, '--output=type=cacheonly', cwd]);
			t.is(built.exitCode, 0, built.stderr);
			await wipe(engine);

			const from = ['--cache-from', cache];
			const own = await plan(t, cwd, from, engine.env);
			t.like(own.engine, {kind: 'buildx', engineVersion: engine.versions.engine});
			t.is(own.dialect.by, 'engine');
			t.truthy(own.dialect.version);
			t.deepEqual(outcomes(own), ['1 none', '2 hit', '3 hit']);

			const none = await plan(t, cwd, [...from, '--engine=none'], engine.env);
			t.is(none.engine, null);
			t.is(none.dialect.by, 'cache');
			t.deepEqual(outcomes(none), outcomes(own));

			const given = await plan(t, cwd, [...from, '--buildkit=0.13'], engine.env);
			t.is(given.engine, null);
			t.like(given.dialect, {by: 'given', version: '0.13'});

			// Over the Engine API the context is an archive, and its root has another key.
			const api = await plan(t, cwd, [...from, '--engine=docker'], engine.env);
			t.is(api.engine?.kind, 'docker');
			t.deepEqual(outcomes(api), ['1 none', '2 unknown', '3 unknown']);

			const missing = await runCli(['plan', '.', '--builder=absent'], {cwd, env: engine.env});
			t.is(missing.exitCode, 2);
			t.regex(missing.stderr, /builder "absent"/);
		});
	},
);

test.serial('what hits have to be pulled: each layer once, those of the base too', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	await inContext(`FROM ${t.context.base}\nCOPY a.txt /a/\nCOPY a.txt /b/\n`, async cwd => {
		const cache = `type=registry,ref=${engine.registry}/plan-engine:pull`;
		const args = ['build', `--cache-to=${cache},mode=max`, '--output=type=cacheonly', cwd];
		t.is((await buildx(engine, args)).exitCode, 0);
		await wipe(engine);
		const whole = await plan(t, cwd, ['--cache-from', cache], engine.env);
		const [, first, last] = whole.stages[0]?.steps ?? [];
		t.is(last?.layers, (first?.layers ?? 0) + 1);
		t.true((last?.bytes ?? 0) > (first?.bytes ?? 0));
		// Only the last result is taken.
		t.deepEqual(whole.summary.pull, {layers: last?.layers ?? 0, bytes: last?.bytes ?? 0});
	});
});

test.serial('a local image of the name is taken, unless --pull', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const first = await makeBaseImage(engine, 'moving', {env: {N: '1'}});
	const second = await makeBaseImage(engine, 'moving', {env: {N: '2'}});
	t.not(first.digest, second.digest);
	const pinned = `${engine.registry}/moving@${first.digest}`;
	t.is((await docker(engine, ['pull', '--quiet', pinned])).exitCode, 0);
	t.is((await docker(engine, ['tag', pinned, first.reference])).exitCode, 0);
	await inContext(`FROM ${first.reference}\nCOPY a.txt /\n`, async cwd => {
		const digestWith = async (...args: string[]) => (await plan(t, cwd, args, engine.env)).images[0]?.digest;
		t.is(await digestWith(), first.digest);
		t.is(await digestWith('--pull'), second.digest);
		t.is(await digestWith('--engine=none'), second.digest);
	});
});
