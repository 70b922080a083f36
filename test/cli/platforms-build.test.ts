import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {buildx, wipe} from '../engine/buildx.ts';
import {busyboxIn, type TestEngine} from '../engine/test-engine.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {runCli} from '../helpers/run-cli.ts';

// Several platforms by one builder, without emulation: what runs, runs on the builder's own platform.

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface BuildJson {
	readonly engine: object | null;
	readonly imageDigest: string;
	readonly tags: readonly {readonly state: string; readonly digest: string}[];
	readonly steps: readonly {
		readonly line: number;
		readonly platforms: readonly string[];
		readonly forecast: string;
		readonly actual: string;
	}[];
}

const dockerfile = (base: string) => `FROM --platform=$BUILDPLATFORM ${base} AS deps
COPY a.txt /a
RUN read a < /a; echo "$a" > /deps

FROM --platform=$BUILDPLATFORM deps AS build
ARG TARGETARCH
RUN echo $TARGETARCH > /out

FROM deps AS test
RUN echo test > /test

FROM ${base}
COPY c.txt /
COPY --from=build /out /out
COPY --from=deps /deps /deps
`;

const [amd64, arm64] = ['linux/amd64', 'linux/arm64'];
const both = `${amd64},${arm64}`;

/** Line, platforms, forecast and what came of it. */
type Row = readonly [number, string, string];

const rows = ({steps}: BuildJson): readonly Row[] =>
	steps.map(({line, platforms, forecast, actual}) => [line, platforms.join(), `${forecast} ${actual}`]);

const rowsOf = (shared: string, ofTarget: string): readonly Row[] => [
	[2, both, shared],
	[3, both, shared],
	[10, both, shared],
	...[amd64, arm64].flatMap((platform): readonly Row[] => [
		[7, platform, shared],
		[13, platform, ofTarget],
		[14, platform, ofTarget],
		[15, platform, ofTarget],
	]),
];

// An image for both platforms, each with the builder's own programs.
async function makeBase(engine: TestEngine, dir: string): Promise<string> {
	const reference = `${engine.registry}/both:base`;
	await copyFile(busyboxIn(engine.programs.tools), path.join(dir, 'sh'));
	await writeFile(path.join(dir, 'Dockerfile'), 'FROM scratch\nCOPY --chmod=755 sh /bin/sh\n');
	const made = await buildx(engine, ['build', `--platform=${both}`, '--push', `--tag=${reference}`, dir]);
	if (made.exitCode !== 0) {
		throw new Error(made.stderr);
	}

	return reference;
}

const nowhere = 'unix:///nowhere/docker.sock';

async function run<T>(
	t: ExecutionContext<OwnEngine>,
	cwd: string,
	env: Readonly<Record<string, string>>,
	args: readonly string[],
): Promise<T> {
	const all = [...args, '--format=json', '.'];
	const result = env['DOCKER_HOST'] === nowhere ? await runInProcess(all, cwd, env) : await runCli(all, {cwd, env});
	t.is(result.exitCode, 0, `${result.stderr}\n${result.stdout}`);
	return JSON.parse(result.stdout) as T;
}

test('two platforms: what was forecast is what happens, and one index is pushed', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-platforms-'));
	const {env} = engine;
	const away = {...env, DOCKER_HOST: nowhere};
	try {
		const base = await makeBase(engine, cwd);
		await rm(path.join(cwd, 'sh'));
		await writeFile(path.join(cwd, 'Dockerfile'), dockerfile(base));
		await writeFile(path.join(cwd, 'a.txt'), 'a\n');
		await writeFile(path.join(cwd, 'c.txt'), 'c\n');
		const name = `${engine.registry}/both`;
		const build = ['build', `--platform=${both}`, '--push', '--jobs=4'];

		const cold = await run<BuildJson>(t, cwd, env, [...build, `--tag=${name}:1`]);
		t.deepEqual(rows(cold), rowsOf('miss ran', 'miss ran'));
		t.deepEqual(
			cold.tags.map(({state, digest}) => [state, digest]),
			[['pushed', cold.imageDigest]],
		);

		await wipe(engine);
		await writeFile(path.join(cwd, 'c.txt'), 'other\n');
		const changed = await run<BuildJson>(t, cwd, env, [...build, `--tag=${name}:1`]);
		// The targets are built one after the other, and the base has the same layers for both.
		t.deepEqual(
			rows(changed),
			rowsOf('hit cached', 'miss ran').map(row =>
				row[0] === 13 && row[1] === arm64 ? [13, arm64, 'miss cached'] : row,
			),
		);
		t.not(changed.imageDigest, cold.imageDigest);

		// Wholly cached now, also for one platform alone, and the stage that was not built again has kept its cache.
		const again = await run<BuildJson>(t, cwd, away, [
			...build,
			'--require-cached',
			`--tag=${name}:1`,
			`--tag=${name}:2`,
		]);
		t.is(again.engine, null);
		t.deepEqual(
			again.tags.map(({state, digest}) => [state, digest]),
			[
				['unchanged', changed.imageDigest],
				['retagged', changed.imageDigest],
			],
		);
		for (const target of ['--target=test', '--no-registry-cache']) {
			const args = ['plan', `--platform=${arm64}`, '--engine=none', '--buildkit=v0.25.1', target];
			const {summary} = await run<{readonly summary: {readonly miss: number}}>(t, cwd, away, args);
			t.like(summary, {miss: 0, unknown: 0});
		}

		const answer = await fetch(`http://${engine.registry}/v2/both/manifests/2`, {
			headers: {accept: 'application/vnd.oci.image.index.v1+json'},
		});
		const {manifests} = (await answer.json()) as {
			readonly manifests: readonly {readonly platform: {readonly architecture: string}}[];
		};
		t.deepEqual(
			manifests.map(({platform}) => platform.architecture),
			['amd64', 'unknown', 'arm64', 'unknown'],
		);
	} finally {
		await rm(cwd, {recursive: true, force: true});
	}
});
