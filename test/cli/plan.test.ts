import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {schemaErrors} from '../helpers/json-schema.ts';
import {
	checkCase,
	type Files,
	inFolder,
	offline,
	type PlanContext,
	type PlanJson,
	plain,
	prepare,
} from '../helpers/plan-cases.ts';
import {programFile, projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const cli = test.macro(checkCase);

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', 'plan.schema.json'), 'utf8'));

// Rewritten by UPDATE_GOLDEN=1; read what changed before it is committed.
async function compareGolden(
	t: ExecutionContext<PlanContext>,
	sample: string,
	file: string,
	output: string,
): Promise<void> {
	// The default cache may be shown with its whole path.
	const text = output.replaceAll(`${t.context.home}${path.sep}`, '');
	const golden = path.join(projectRoot, 'test', 'golden', sample, file);
	if (process.env['UPDATE_GOLDEN']) {
		await mkdir(path.dirname(golden), {recursive: true});
		await writeFile(golden, text);
	}

	t.is(text, await readFile(golden, 'utf8'));
}

const samples = ['single-stage', 'node-service', 'static-binary', 'diamond', 'unpinned'];

test('every sample has its golden files', async t => {
	const names = async (dir: string) => (await readdir(path.join(projectRoot, dir))).sort();
	t.deepEqual(await names('samples'), [...samples, 'broken'].sort());
	t.deepEqual(await names('test/golden'), [...samples, 'broken'].sort());
});

for (const sample of samples) {
	test.serial(`plan samples/${sample}`, async t => {
		const plan = ['plan', `samples/${sample}`, '--offline', '--platform', 'linux/amd64'];
		const text = await runCli(plan, {cwd: t.context.home, env: plain});
		t.is(text.stderr, '');
		t.is(text.exitCode, 0);
		await compareGolden(t, sample, 'plan.txt', text.stdout);

		const json = await runCli([...plan, '--format', 'json'], {cwd: t.context.home, env: plain});
		t.is(json.stderr, '');
		t.is(json.exitCode, 0);
		t.deepEqual(schemaErrors(schema, JSON.parse(json.stdout)), []);
		await compareGolden(t, sample, 'plan.json', json.stdout);
	});
}

for (const sample of samples.filter(name => name !== 'unpinned')) {
	test.serial(`plan samples/${sample} on a base without layers: every key is known`, async t => {
		const plan = ['plan', `samples/${sample}`, '--offline', '--build-arg', 'BASE=scratch', '--platform', 'linux/amd64'];
		const {stdout, exitCode} = await runCli([...plan, '--format', 'json'], {cwd: t.context.home, env: plain});
		t.is(exitCode, 0);
		const {stages} = JSON.parse(stdout) as PlanJson;
		t.deepEqual(schemaErrors(schema, JSON.parse(stdout)), []);
		const steps = stages.flatMap(stage => stage.steps.filter(step => step.forecast !== 'none'));
		const keys = steps.map(({line, key, contentKeys}) => [line, key ?? '-', ...contentKeys].join(' '));
		await compareGolden(t, sample, 'keys.txt', `${keys.join('\n')}\n`);
	});
}

test.serial('plan samples/broken', async t => {
	const {stdout, stderr, exitCode} = await runCli(['plan', 'samples/broken', '--offline'], {
		cwd: t.context.home,
		env: plain,
	});
	t.is(stdout, '');
	t.is(exitCode, 1);
	await compareGolden(t, 'broken', 'plan.txt', stderr);
});

const manifest = (digest: string) =>
	JSON.stringify({
		schemaVersion: 2,
		manifests: [
			{
				mediaType: 'application/vnd.oci.image.manifest.v1+json',
				digest,
				size: 2,
				annotations: {'org.opencontainers.image.ref.name': 'latest'},
			},
		],
	});

const zeros = `sha256:${'0'.repeat(64)}`;

// A cache that cannot be used is a cold plan, said aloud; it never stops one.
const brokenCaches: readonly (readonly [title: string, index: string, reason: string])[] = [
	['an index that is no JSON', '{', 'its index.json is broken; delete the folder and write it again'],
	[
		'an index with a path for a digest',
		manifest('sha256:../../a'),
		'its index.json is broken; delete the folder and write it again',
	],
	[
		'an index of a manifest that is gone',
		manifest(zeros),
		`its manifest ${zeros} is no longer there; write the cache again`,
	],
];

for (const [title, index, reason] of brokenCaches) {
	test.serial(`a corrupt local cache: ${title}`, async t => {
		await inFolder(t, {'cache/index.json': index, 'cache/oci-layout': '{"imageLayoutVersion":"1.0.0"}'}, async cwd => {
			const plan = [...offline, '--cache-from', 'type=local,src=app/cache'];
			const text = await runCli(plan, {cwd, env: plain});
			t.is(text.stderr, '');
			t.is(text.exitCode, 0);
			t.true(
				text.stdout.includes(`cache  type=local,src=app/cache (cache "app/cache" cannot be used: ${reason})\n`),
				text.stdout,
			);
			t.true(text.stdout.endsWith('Plan: 0 hit, 1 miss, 0 unknown.\n'), text.stdout);

			const json = await runCli([...plan, '--format', 'json'], {cwd, env: plain});
			const {caches} = JSON.parse(json.stdout) as PlanJson;
			t.deepEqual(schemaErrors(schema, JSON.parse(json.stdout)), []);
			t.is(caches[0]?.state, 'unreadable');
		});
	});
}

test.serial('--detailed-exitcode: 2 when a step will run', cli, {
	args: [...offline, '--detailed-exitcode'],
	exitCode: 2,
	stdout: 'Plan: 0 hit, 1 miss, 0 unknown.\n',
});

test.serial('--detailed-exitcode: 0 when nothing will run', cli, {
	args: [...offline, '--detailed-exitcode'],
	files: {Dockerfile: 'FROM scratch\nLABEL a=b\n'},
	exitCode: 0,
	stdout: 'Plan: 0 hit, 0 miss, 0 unknown.\n',
});

test.serial('--detailed-exitcode: 1 on a mistake', cli, {
	args: [...offline, '--detailed-exitcode'],
	files: {Dockerfile: 'FROM scratch\nSTOPSIGNAL\n'},
	exitCode: 1,
	stderr: `app/Dockerfile:2:1 error STOPSIGNAL requires exactly one argument [syntax]
  2 | STOPSIGNAL
    | ~~~~~~~~~~
`,
});

test.serial('--target, --platform, --build-arg and --buildkit reach the plan', async t => {
	await inFolder(t, {Dockerfile: `ARG FROM=none\nFROM $FROM AS one\nCOPY a.txt /\nFROM scratch\n`}, async cwd => {
		const args = ['--target', 'ONE', '--platform', 'linux/arm/v7', '--build-arg', 'FROM', '--buildkit', 'v0.13.2'];
		const {stdout, exitCode} = await runCli([...offline, ...args, '--format', 'json'], {
			cwd,
			env: {...plain, FROM: 'scratch'},
		});
		t.is(exitCode, 0);
		const plan = JSON.parse(stdout) as PlanJson;
		t.is(plan.target, 'one');
		t.is(plan.platform, 'linux/arm/v7');
		t.deepEqual(plan.dialect, {since: '0.13', until: '0.15.1', by: 'given', version: '0.13.2'});
		t.deepEqual(
			plan.stages.map(({needed}) => needed),
			[true, false],
		);
		t.deepEqual(plan.summary, {
			hit: 0,
			miss: 1,
			unknown: 0,
			best: {hit: 0, miss: 1},
			worst: {hit: 0, miss: 1},
			pull: {layers: 0, bytes: 0},
		});
	});
});

const escape = '\u001B[';

const colours: readonly (readonly [title: string, flags: readonly string[], env: Files, coloured: boolean])[] = [
	['none where stdout is no terminal', [], {NO_COLOR: '', FORCE_COLOR: '0'}, false],
	['FORCE_COLOR wants it', [], {NO_COLOR: '', FORCE_COLOR: '1'}, true],
	['FORCE_COLOR beats NO_COLOR', [], {NO_COLOR: '1', FORCE_COLOR: '1'}, true],
	['--color beats the environment', ['--color'], {NO_COLOR: '1', FORCE_COLOR: '0'}, true],
	['--no-color beats the environment', ['--no-color'], {NO_COLOR: '', FORCE_COLOR: '1'}, false],
];

for (const [title, flags, env, coloured] of colours) {
	test.serial(`colour: ${title}`, async t => {
		await inFolder(t, {}, async cwd => {
			const good = await runCli([...offline, ...flags], {cwd, env});
			t.is(good.exitCode, 0);
			t.is(good.stdout.includes(escape), coloured, good.stdout);
			await writeFile(path.join(cwd, 'app', 'Dockerfile'), 'FORM scratch\n');
			const bad = await runCli([...offline, ...flags], {cwd, env});
			t.is(bad.exitCode, 1);
			t.is(bad.stderr.includes(escape), coloured, bad.stderr);
		});
	});
}

test.serial('a reader that goes away ends the output without an error', async t => {
	// Far more than a pipe holds, so that the write does fail.
	const steps = Array.from({length: 20_000}, (_, index) => `LABEL step${index}="${'x'.repeat(60)}"`);
	await inFolder(t, {Dockerfile: `FROM scratch\n${steps.join('\n')}\n`}, async cwd => {
		const main = programFile;
		const child = spawn(process.execPath, [main, ...offline], {
			cwd,
			env: {...process.env, ...plain},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stderr = '';
		child.stderr.on('data', (data: Buffer) => {
			stderr += data.toString();
		});
		child.stdout.once('data', () => child.stdout.destroy());
		const [exitCode, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>(resolve => {
			child.on('close', (code, name) => resolve([code, name]));
		});
		t.is(stderr, '');
		t.is(exitCode, 0);
		t.is(signal, null);
	});
});

test('plan writes nothing', async t => {
	await inFolder(t, {}, async cwd => {
		const before = await readdir(cwd, {recursive: true});
		t.is((await runCli(offline, {cwd, env: plain})).exitCode, 0);
		t.deepEqual(await readdir(cwd, {recursive: true}), before);
		t.false(existsSync(path.join(t.context.home, '.cachecast')));
	});
});
