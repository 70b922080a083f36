import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {buildx} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface BuildJson {
	readonly engine: object | null;
	readonly message: string | null;
	readonly imageDigest: string;
	readonly tags: readonly {readonly tag: string; readonly state: string; readonly digest: string}[];
	readonly steps: readonly {
		readonly line: number;
		readonly forecast: string;
		readonly actual: string;
		readonly verdict: string;
	}[];
}

const dockerfile = `ARG BASE
FROM \${BASE} AS make
WORKDIR /src
COPY a.txt .
RUN cat a.txt > /out && date >> /out

FROM \${BASE}
COPY --from=make /out /out
LABEL version=1
HEALTHCHECK CMD true
`;

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', 'build.schema.json'), 'utf8'));

const nowhere = {DOCKER_HOST: 'unix:///nowhere/docker.sock'};

async function build(
	t: ExecutionContext<OwnEngine>,
	{env, registry}: TestEngine,
	cwd: string,
	flags: readonly string[],
	exitCode = 0,
): Promise<BuildJson> {
	const cache = `type=registry,ref=${registry}/published:cache`;
	const args = ['build', '--format=json', `--build-arg=BASE=${t.context.base}`, `--cache-from=${cache}`, '--push'];
	const result = await runCli([...args, `--cache-to=${cache}`, ...flags, '.'], {cwd, env});
	t.is(result.exitCode, exitCode, `${result.stderr}\n${result.stdout}`);
	const report: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schema, report), []);
	return report as BuildJson;
}

// Of the one image in an index: attestations are made anew by each build.
async function imageIn(registry: string, tag: string): Promise<unknown> {
	const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
	const read = async (name: string): Promise<Record<string, unknown>> =>
		JSON.parse(await (await fetch(`http://${registry}/v2/published/manifests/${name}`, {headers: {accept}})).text());
	const found = await read(tag);
	const [first] = (found['manifests'] ?? []) as readonly {readonly digest: string}[];
	return first === undefined ? found : read(first.digest);
}

test('only what changed is pushed; what is known is tagged without an engine; what is too old runs again', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-publish-'));
	const {registry} = engine;
	const name = `${registry}/published`;
	const away = {...engine, env: {...engine.env, ...nowhere}};
	const states = (report: BuildJson) => report.tags.map(({state}) => state);
	await writeFile(path.join(dir, 'Dockerfile'), dockerfile);
	await writeFile(path.join(dir, 'a.txt'), 'a\n');

	const first = await build(t, engine, dir, [`--tag=${name}:1`]);
	t.deepEqual(states(first), ['pushed']);
	const again = await build(t, away, dir, [`--tag=${name}:1`, `--tag=${name}:2`, '--require-cached']);
	t.deepEqual(states(again), ['unchanged', 'retagged']);
	t.is(again.engine, null);
	t.is(again.tags[1]?.digest, first.imageDigest);

	const full = ['build', '--push', `--build-arg=BASE=${t.context.base}`, `--tag=${name}:full`];
	await buildx(engine, [...full, `--cache-from=type=registry,ref=${name}:cache`, dir]);
	t.deepEqual(await imageIn(registry, '2'), await imageIn(registry, 'full'), 'what a full build makes');

	// The stage "make" runs for its age too; the target has no name, and its records are young enough.
	const refused = await build(t, away, dir, [`--tag=${name}:1`, '--max-age=make=1s', '--require-cached'], 3);
	t.is(refused.message, '--require-cached: 3 steps will run, or may');
	const old = await build(t, engine, dir, [`--tag=${name}:1`, '--max-age=make=1s', '--max-age=1h']);
	t.deepEqual(
		old.steps.map(({line, forecast, actual, verdict}) => [line, forecast, actual, verdict]),
		[
			[3, 'hit', 'cached', 'right'],
			[4, 'miss', 'ran', 'right'],
			[5, 'miss', 'ran', 'right'],
			[8, 'unknown', 'ran', 'undecided'],
		],
	);
	t.deepEqual(states(old), ['pushed'], 'its layers are new, though nothing in the result’s key is');
	t.deepEqual(states(await build(t, away, dir, [`--tag=${name}:3`, '--max-age=1h'])), ['retagged']);
	await rm(dir, {recursive: true, force: true});
});
