import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {buildx, wipe} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {runCli} from '../helpers/run-cli.ts';

// The forms in which BuildKit writes a cache, written by a real one, and what becomes of a layer that is lost.

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface PlanJson {
	readonly caches: readonly {readonly state: string; readonly reason: string | null}[];
	readonly images: readonly {readonly source: string | null}[];
	readonly summary: Readonly<Record<'hit' | 'miss' | 'unknown', number>>;
	readonly stages: readonly {
		readonly steps: readonly {
			readonly line: number;
			readonly forecast: string;
			readonly cause: {readonly kind: string; readonly layer?: string} | null;
		}[];
	}[];
}

async function makeContext(base: string): Promise<string> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-forms-'));
	await writeFile(
		path.join(dir, 'Dockerfile'),
		`FROM ${base}\nWORKDIR /app\nCOPY a.txt .\nRUN echo one > /one\nRUN echo two > /two\n`,
	);
	await writeFile(path.join(dir, 'a.txt'), 'a\n');
	return dir;
}

async function plan(engine: TestEngine, dir: string, args: readonly string[]): Promise<PlanJson> {
	const all = [
		'plan',
		dir,
		'--format=json',
		`--buildkit=${engine.versions.engine.startsWith('28.') ? '0.25' : '0.13'}`,
	];
	const result = await runCli([...all, ...args], {env: engine.env});
	if (result.exitCode !== 0) {
		throw new Error(result.stderr);
	}

	return JSON.parse(result.stdout) as PlanJson;
}

async function exportTo(engine: TestEngine, dir: string, to: string): Promise<void> {
	const result = await buildx(engine, ['build', '--output=type=cacheonly', `--cache-to=${to}`, dir]);
	if (result.exitCode !== 0) {
		throw new Error(`${to}: ${result.stderr}`);
	}
}

// Not estargz: exporting it ends dockerd 28.5. Its layers are gzip to us.
const forms: readonly string[] = [
	'image-manifest=true,oci-mediatypes=true',
	'image-manifest=false,oci-mediatypes=true',
	'image-manifest=false,oci-mediatypes=false',
	'compression=zstd,force-compression=true',
	'compression=uncompressed,force-compression=true',
];

test.serial('every form of a cache hits, in a registry and in a folder', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await makeContext(t.context.base);
	for (const [at, form] of forms.entries()) {
		const folder = path.join(dir, '.cachecast', `cache-${at}`);
		const place = `type=registry,ref=${engine.registry}/forms:${at}`;
		const places = form.startsWith('compression=zstd')
			? [[place, place] as const, [`type=local,dest=${folder}`, `type=local,src=${folder}`] as const]
			: [[place, place] as const];
		for (const [to, from] of places) {
			await exportTo(engine, dir, `${to},mode=max,${form}`);
			const {summary, caches} = await plan(engine, dir, ['--cache-from', from, '--verify-blobs']);
			t.like(summary, {hit: 4, miss: 0, unknown: 0}, `${form}: ${to}: ${caches[0]?.reason}`);
		}
	}

	await rm(dir, {recursive: true});
});

test.serial('a layer that the registry has lost: unknown when looked for, and the build fails', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await makeContext(t.context.base);
	const ref = `${engine.registry}/lost:cache`;
	const from = ['--cache-from', `type=registry,ref=${ref}`];
	await wipe(engine);
	await exportTo(engine, dir, `type=registry,ref=${ref},mode=max`);
	const whole = await plan(engine, dir, [...from, '--verify-blobs']);
	t.like(whole.summary, {hit: 4, miss: 0, unknown: 0});
	t.deepEqual(
		whole.images.map(({source}) => source),
		['registry'],
	);
	const lost = await loseNewestLayer(engine.registry, 'lost', 'cache');
	t.like((await plan(engine, dir, from)).summary, {hit: 4, miss: 0, unknown: 0});
	const checked = await plan(engine, dir, [...from, '--verify-blobs']);
	const unknown = checked.stages.flatMap(({steps}) => steps).filter(({forecast}) => forecast === 'unknown');
	t.deepEqual(
		unknown.map(({line, cause}) => [line, cause?.kind, cause?.layer]),
		[[5, 'lost-layer', lost]],
	);
	await wipe(engine);
	const build = await buildx(engine, [
		'build',
		'--progress=plain',
		`--output=type=local,dest=${dir}/out`,
		...from,
		dir,
	]);
	t.not(build.exitCode, 0);
	t.true(build.stderr.includes(`could not fetch content descriptor ${lost}`), build.stderr);
	await rm(dir, {recursive: true});
});

/** Deletes the layer that the newest record of a cache adds, as a registry's garbage collection may. */
async function loseNewestLayer(host: string, repository: string, tag: string): Promise<string> {
	const base = `http://${host}/v2/${repository}`;
	const accept = 'application/vnd.oci.image.manifest.v1+json';
	const manifest = (await (await fetch(`${base}/manifests/${tag}`, {headers: {accept}})).json()) as {
		readonly layers: readonly {readonly digest: string; readonly annotations: Readonly<Record<string, string>>}[];
	};
	const time = (layer: (typeof manifest.layers)[number]): string => layer.annotations['buildkit/createdat'] ?? '';
	const newest = manifest.layers.reduce((best, one) => (time(one) > time(best) ? one : best));
	const answer = await fetch(`${base}/blobs/${newest.digest}`, {method: 'DELETE'});
	if (answer.status !== 202) {
		throw new Error(`the registry does not delete: ${answer.status}`);
	}

	return newest.digest;
}
