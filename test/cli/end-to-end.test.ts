import {readFileSync} from 'node:fs';
import {appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {environment, runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

type Context = OwnEngine;

const test = anyTest as TestFn<Context>;

interface Step {
	readonly id: string;
	readonly line: number;
	readonly forecast: string;
	readonly actual: string;
	readonly verdict: string;
	readonly cause: {readonly kind: string; readonly sources?: readonly string[]} | null;
}

interface BuildJson {
	readonly outcome: string;
	readonly steps: readonly Step[];
	readonly agreement: {
		readonly right: number;
		readonly decided: number;
		readonly falseHits: number;
		readonly builderCache: number;
	};
}

interface PlanJson {
	readonly stages: readonly {readonly steps: readonly Step[]}[];
	readonly summary: {readonly hit: number; readonly miss: number; readonly unknown: number};
}

const users = {
	'/etc/passwd': 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\nother:x:1001:1001::/:/bin/sh\n',
	'/etc/group': 'root:x:0:\napp:x:1000:\nother:x:1001:\n',
};

test.before(async t => {
	Object.assign(t.context, await startFileEngine({env: {FOO: 'bar'}, files: users}));
});
test.after.always(t => leaveFileEngine(t.context));

const totals = {decided: 0, right: 0, undecided: 0, builds: 0};

// Every instruction that makes a step, in the forms people use, and a leaf that the target does not reach.
const dockerfile = `ARG BASE
FROM \${BASE} AS deps
ARG VERSION=1
ENV MODE=release GREETING="hello <world> & co"
WORKDIR /src
COPY package.json lock*.json ./
RUN mkdir -p /out && cat package.json > /out/deps && echo "$VERSION $MODE" >> /out/deps

FROM deps AS build
COPY --chmod=755 scripts/ ./scripts/
COPY lib lib
RUN --mount=type=cache,target=/cache --mount=type=bind,source=config,target=/config sh scripts/build.sh /config/app.conf > /out/app
SHELL ["/bin/sh", "-ec"]
RUN <<EOF
echo one
echo two > /out/two
EOF

FROM build AS check
RUN cat /out/app && echo checked > /checked

FROM \${BASE}
LABEL org.opencontainers.image.title=app
WORKDIR /app
COPY --from=deps /out/deps ./deps
COPY --from=build --chown=1000:1000 /out/app /out/two ./
COPY --link static/ ./static/
COPY <<END ./motd
welcome to $FOO
END
USER 1000
RUN ["/bin/sh", "-c", "ls -l ."]
EXPOSE 8080
CMD ["/bin/sh"]
`;

async function makeContext(): Promise<string> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-e2e-'));
	const files: Readonly<Record<string, string>> = {
		Dockerfile: dockerfile,
		'.dockerignore': '**/*.log\n.cachecast\n',
		'package.json': '{"name":"app"}\n',
		'lock.json': '{}\n',
		'scripts/build.sh': 'cat "$1" lib/sub/b.txt\n',
		'config/app.conf': 'port=1\n',
		'lib/a.txt': 'a\n',
		'lib/sub/b.txt': 'b\n',
		'lib/debug.log': 'ignored\n',
		'static/index.html': '<p>hi</p>\n',
		'README.md': 'not copied\n',
	};
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(dir, name)), {recursive: true});
		await writeFile(path.join(dir, name), text);
	}

	return dir;
}

const schema = (name: string): unknown =>
	JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', `${name}.schema.json`), 'utf8'));
const schemas = {plan: schema('plan'), build: schema('build')};

async function cli<T>(
	t: ExecutionContext<Context>,
	engine: TestEngine,
	dir: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<T> {
	const all = [...args, '--format=json', `--build-arg=BASE=${t.context.base}`, '.'];
	const result = await runInProcess(all, dir, {...environment, ...engine.env, ...env});
	t.is(result.exitCode, 0, `${result.stderr}\n${result.stdout}`);
	const report: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schemas[args[0] === 'plan' ? 'plan' : 'build'], report), []);
	return report as T;
}

// No step may hit that was said to miss: this builder has nothing of its own.
function assertRight(t: ExecutionContext<Context>, report: BuildJson): void {
	const wrong = report.steps.filter(step => step.verdict !== 'right' && step.verdict !== 'undecided');
	t.deepEqual(wrong, []);
	t.is(report.outcome, 'built');
	totals.builds++;
	totals.decided += report.agreement.decided;
	totals.right += report.agreement.right;
	totals.undecided += report.steps.length - report.agreement.decided;
}

const cycle = test.macro(
	async (t, cacheFlags: (engine: TestEngine) => {readonly from: string; readonly to: string}) => {
		const engine = engineOf(t);
		if (engine === undefined) {
			return;
		}

		const dir = await makeContext();
		const {from, to} = cacheFlags(engine);
		const caches = [`--cache-from=${from}`, `--cache-to=${to}`];

		await wipe(engine);
		const cold = await cli<BuildJson>(t, engine, dir, ['build', '--strict', ...caches]);
		assertRight(t, cold);
		t.true(cold.steps.every(step => step.forecast === 'miss'));

		await wipe(engine);
		const plan = await cli<PlanJson>(t, engine, dir, ['plan', `--cache-from=${from}`]);
		t.is(plan.summary.miss + plan.summary.unknown, 0);
		const warm = await cli<BuildJson>(t, engine, dir, ['build', '--strict', ...caches]);
		assertRight(t, warm);
		t.true(warm.steps.every(step => step.actual === 'cached'));
		t.is(warm.steps.length, cold.steps.length);

		await appendFile(path.join(dir, 'lib/sub/b.txt'), 'changed\n');
		await wipe(engine);
		const changedPlan = await cli<PlanJson>(t, engine, dir, ['plan', `--cache-from=${from}`]);
		const missing = changedPlan.stages.flatMap(stage => stage.steps).filter(step => step.forecast === 'miss');
		const own = missing.filter(step => step.cause?.kind !== 'parent');
		t.deepEqual(
			own.map(step => [step.line, step.cause?.kind, step.cause?.sources]),
			[[11, 'content', ['lib']]],
		);
		t.deepEqual(
			missing.map(step => step.line),
			[11, 12, 14],
		);
		assertRight(t, await cli<BuildJson>(t, engine, dir, ['build', '--strict', ...caches]));

		await wipe(engine);
		const again = await cli<BuildJson>(t, engine, dir, ['build', '--strict', ...caches]);
		assertRight(t, again);
		t.true(
			again.steps.every(step => step.actual === 'cached'),
			'what the changed build exported is whole',
		);
		await rm(dir, {recursive: true, force: true});
	},
);

test.serial('registry cache: cold, wiped and hit, one file changed, hit again', cycle, engine => ({
	from: `type=registry,ref=${engine.registry}/e2e:main`,
	to: `type=registry,ref=${engine.registry}/e2e:main,mode=max`,
}));

test.serial('local cache: cold, wiped and hit, one file changed, hit again', cycle, engine => ({
	from: `type=local,src=${engine.folder}/e2e-cache`,
	to: `type=local,dest=${engine.folder}/e2e-cache,mode=max`,
}));

for (const sample of ['single-stage', 'node-service', 'static-binary', 'diamond']) {
	test.serial(`samples/${sample}: built, found again on an emptied engine, every leaf of it`, async t => {
		const engine = engineOf(t);
		if (engine === undefined) {
			return;
		}

		const dir = path.join(projectRoot, 'samples', sample);
		const ref = `type=registry,ref=${engine.registry}/sample-${sample}:main`;
		await wipe(engine);
		const cold = await cli<BuildJson>(t, engine, dir, [
			'build',
			'--strict',
			`--cache-from=${ref}`,
			`--cache-to=${ref}`,
		]);
		assertRight(t, cold);
		await wipe(engine);
		const warm = await cli<BuildJson>(t, engine, dir, [
			'build',
			'--strict',
			`--cache-from=${ref}`,
			`--cache-to=${ref}`,
		]);
		assertRight(t, warm);
		t.true(warm.steps.every(step => step.forecast === 'hit' && step.actual === 'cached'));
		t.deepEqual(
			warm.steps.map(step => step.id),
			cold.steps.map(step => step.id),
		);
	});
}

type Mutation = readonly [
	name: string,
	args: readonly string[],
	change: (dir: string) => Promise<unknown>,
	env?: Readonly<Record<string, string>>,
];

const edit = (name: string, from: string | RegExp, to: string) => async (dir: string) => {
	const file = path.join(dir, name);
	const text = await readFile(file, 'utf8');
	await writeFile(file, text.replace(from, to));
};

// A few: `npm run conformance` has the many.
const mutations: readonly Mutation[] = [
	['a mode', [], dir => chmod(path.join(dir, 'lib/a.txt'), 0o600)],
	['a wildcard gets one more', [], dir => writeFile(path.join(dir, 'lock2.json'), '{}\n')],
	['the time of the source', [], async () => {}, {SOURCE_DATE_EPOCH: '1700000000'}],
	['a folder to work in', [], edit('Dockerfile', 'WORKDIR /app', 'WORKDIR /srv')],
];

test.serial('every change is forecast as the engine then builds it', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const ref = `type=registry,ref=${engine.registry}/mutations:main`;
	const original = await makeContext();
	await wipe(engine);
	assertRight(
		t,
		await cli<BuildJson>(t, engine, original, ['build', `--cache-from=${ref}`, `--cache-to=${ref},mode=max`]),
	);
	await rm(original, {recursive: true, force: true});
	for (const [name, args, change, env] of mutations) {
		const dir = await makeContext();
		await change(dir);
		await wipe(engine);
		const scratch = path.join(engine.folder, 'scratch');
		const report = await cli<BuildJson>(
			t,
			engine,
			dir,
			['build', ...args, `--cache-from=${ref}`, `--cache-to=type=local,dest=${scratch}`],
			env,
		);
		const wrong = report.steps.filter(step => step.verdict !== 'right' && step.verdict !== 'undecided');
		t.deepEqual(wrong, [], name);
		assertRight(t, report);
		await rm(dir, {recursive: true, force: true});
	}

	t.log(
		`${totals.builds} builds: ${totals.right} of ${totals.decided} decided steps right, ${totals.undecided} undecided`,
	);
});

test.serial('two caches of the user: what only one holds is no hit, whatever the builder follows', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await makeContext();
	const spec = (name: string) => `type=registry,ref=${engine.registry}/two:${name}`;
	await wipe(engine);
	await cli<BuildJson>(t, engine, dir, ['build', `--cache-to=${spec('one')}`]);
	await edit('Dockerfile', 'ls -l .', 'ls -la .')(dir);
	await wipe(engine);
	await cli<BuildJson>(t, engine, dir, ['build', `--cache-to=${spec('other')}`]);
	await wipe(engine);
	const both = [`--cache-from=${spec('one')}`, `--cache-from=${spec('other')}`];
	const report = await cli<BuildJson>(t, engine, dir, [
		'build',
		...both,
		`--cache-to=type=local,dest=${path.join(engine.folder, 'scratch')}`,
	]);
	assertRight(t, report);
	t.is(report.steps.find(step => step.line === 32)?.forecast, 'unknown');
	await rm(dir, {recursive: true, force: true});
});

test.serial('a step that fails: its line and output, exit 1, the cache as it was', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await makeContext();
	const cache = path.join(engine.folder, 'kept');
	const flags = [
		`--cache-from=type=local,src=${cache}`,
		`--cache-to=type=local,dest=${cache}`,
		`--build-arg=BASE=${t.context.base}`,
	];
	t.is((await runCli(['build', ...flags, '.'], {cwd: dir, env: engine.env})).exitCode, 0);
	const before = await readFile(path.join(cache, 'index.json'), 'utf8');
	await edit('Dockerfile', 'echo one', 'echo about to fail; false')(dir);
	const failed = await runCli(['build', ...flags, '.'], {cwd: dir, env: engine.env});
	t.is(failed.exitCode, 1);
	t.regex(failed.stderr, /Dockerfile:14:1 error/);
	t.regex(failed.stderr, /about to fail/);
	t.notRegex(failed.stderr, /\n\s+at .*\.js:\d+/);
	t.is(await readFile(path.join(cache, 'index.json'), 'utf8'), before);
	t.deepEqual((await readdir(cache)).sort(), ['blobs', 'index.json', 'oci-layout']);
	await rm(dir, {recursive: true, force: true});
});

test.serial('mistakes are data too, and nothing is built', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const dir = await makeContext();
	await writeFile(path.join(dir, 'Dockerfile'), 'FROM scratch\nCPOY lib /lib\n');
	const {stdout, stderr, exitCode} = await runCli(['build', '--format=json', '.'], {cwd: dir, env: engine.env});
	t.is(exitCode, 1);
	t.regex(stderr, /Dockerfile:2:1 error unknown instruction "CPOY"/);
	const report: unknown = JSON.parse(stdout);
	t.deepEqual(schemaErrors(schemas.build, report), []);
	t.like(report, {
		schemaVersion: 1,
		context: '.',
		diagnostics: [{rule: 'syntax', line: 2, hint: 'did you mean "COPY"?'}],
	});
	await rm(dir, {recursive: true, force: true});
});
