import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {projectRoot} from '../helpers/project.ts';
import {startRegistryProxy} from '../helpers/registry-proxy.ts';
import {runCli} from '../helpers/run-cli.ts';

// --cache-to type=stages: an image of every stage, and of those only what is used is fetched again.

const test = anyTest as TestFn<OwnEngine>;
const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/build.schema.json'), 'utf8'));

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

interface Report {
	readonly outcome: string;
	readonly targets: readonly {readonly target: string; readonly final: boolean}[];
	readonly steps: readonly {readonly line: number; readonly forecast: string; readonly actual: string}[];
	readonly agreement: {readonly right: number; readonly decided: number; readonly falseHits: number};
	readonly pulled: {readonly layers: number; readonly bytes: number};
}

// `deps` hits as a whole and is needed when a.txt changes, since its files are copied behind a.txt; `tools` never is.
const dockerfile = (base: string) => `FROM ${base} AS deps
RUN head -c 100000 /dev/urandom > /deps

FROM ${base} AS tools
RUN head -c 100000 /dev/urandom > /tools

FROM ${base}
RUN head -c 100000 /dev/urandom > /first
COPY a.txt /
COPY --from=deps /deps /d
RUN cat /a.txt /d > /last
`;

async function topLayer(registry: string, tag: string): Promise<string | undefined> {
	const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
	const answer = await fetch(`http://${registry}/v2/app/manifests/${tag}`, {headers: {accept}});
	const {layers} = (await answer.json()) as {readonly layers: readonly {readonly digest: string}[]};
	return layers.at(-1)?.digest;
}

test.serial(
	'stages as images: written by buildx, read by buildx and over the Engine API, only what is used is fetched',
	async t => {
		const engine = engineOf(t);
		if (engine === undefined) {
			return;
		}

		const proxy = await startRegistryProxy(engine.registry);
		const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-stages-'));
		await writeFile(path.join(cwd, 'Dockerfile'), dockerfile(t.context.base));
		await writeFile(path.join(cwd, 'a.txt'), 'a\n');
		const cache = `type=stages,ref=${proxy.host}/app`;
		const build = async (...args: readonly string[]): Promise<Report> => {
			await wipe(engine);
			proxy.fetched();
			const flags = ['build', '.', '--format=json', '--cache-from', cache, '--cache-to', cache, ...args];
			const result = await runCli(flags, {cwd, env: engine.env});
			t.is(result.exitCode, 0, result.stderr);
			const report: unknown = JSON.parse(result.stdout);
			t.deepEqual(schemaErrors(schema, report), []);
			return report as Report;
		};

		try {
			const cold = await build('--jobs=2');
			assertRight(t, cold);
			t.deepEqual(
				cold.targets.map(({target}) => target),
				['deps', 'tools', 'stage-2'],
			);
			const deps = await topLayer(engine.registry, 'stages-deps');
			const tools = await topLayer(engine.registry, 'stages-tools');
			const last = await topLayer(engine.registry, 'stages-stage-2');

			const same = await build();
			assertRight(t, same);
			t.deepEqual(same.targets, [{...same.targets[0], target: 'stage-2', final: true}]);
			t.deepEqual(
				same.steps.filter(({forecast, actual}) => forecast !== 'hit' || actual === 'ran'),
				[],
			);
			const ofSame = proxy.fetched();
			t.false(
				[deps, tools, last].some(layer => ofSame.has(layer ?? '')),
				'what hits is not fetched',
			);

			await writeFile(path.join(cwd, 'a.txt'), 'b\n');
			const changed = await build('--engine=docker');
			assertRight(t, changed);
			t.deepEqual(
				changed.steps.map(({line, forecast, actual}) => [line, forecast, actual]),
				[
					[2, 'hit', 'cached'],
					[8, 'hit', 'cached'],
					[9, 'miss', 'ran'],
					[10, 'miss', 'ran'],
					[11, 'miss', 'ran'],
				],
			);
			const fetched = proxy.fetched();
			t.true(fetched.has(deps ?? ''), 'what is needed of a stage that hits is fetched');
			t.false(fetched.has(tools ?? ''), 'what is not needed is not');
			t.true(changed.pulled.layers >= 2 && changed.pulled.bytes >= 200_000, JSON.stringify(changed.pulled));
		} finally {
			await proxy.stop();
			await rm(cwd, {recursive: true, force: true});
		}
	},
);

function assertRight(t: ExecutionContext<OwnEngine>, {outcome, agreement}: Report): void {
	t.is(outcome, 'built');
	t.is(agreement.right, agreement.decided);
	t.is(agreement.falseHits, 0);
}
