import {readFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {platformOptions} from '../../cli/platform-options.ts';
import {renderFailure} from '../../cli/render/build-text.ts';
import {createStyle} from '../../cli/render/style.ts';
import type {BuildReport} from '../../planner/index.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {type Files, inFolder, offline, type PlanContext, type PlanJson, plain, prepare} from '../helpers/plan-cases.ts';
import {projectRoot} from '../helpers/project.ts';

// Several values of --platform: what they are, and what plan, key and build make of them without an engine.

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const own = {os: 'linux', architecture: 'riscv64'};

const options: readonly (readonly [values: readonly string[], byDefault: string, expected: readonly string[]])[] = [
	[[], '', []],
	[['linux/amd64'], '', ['linux/amd64']],
	[['linux/amd64,linux/arm64'], '', ['linux/amd64', 'linux/arm64']],
	[['linux/arm64', 'linux/amd64,linux/arm/v7'], '', ['linux/arm64', 'linux/amd64', 'linux/arm/v7']],
	// One spelling counts once, and `arm` is v7.
	[['linux/arm64/v8,aarch64', 'linux/arm64', 'linux/arm,linux/arm/v7'], '', ['linux/arm64', 'linux/arm/v7']],
	[['local,linux/amd64,LOCAL'], '', ['linux/riscv64', 'linux/amd64']],
	[[], 'linux/amd64,linux/arm64', ['linux/amd64', 'linux/arm64']],
	[['linux/amd64'], 'linux/s390x,linux/arm64', ['linux/amd64']],
];

for (const [values, byDefault, expected] of options) {
	test(`--platform ${values.join(' --platform ')}, by default "${byDefault}"`, t => {
		const result = platformOptions(values, {DOCKER_DEFAULT_PLATFORM: byDefault}, own);
		const formatted =
			result.kind === 'platforms'
				? result.platforms.map(({os, architecture, variant}) => [os, architecture, variant ?? []].flat().join('/'))
				: result;
		t.deepEqual(formatted, expected);
	});
}

for (const [value, wrong] of [
	['', ''],
	['linux/amd64,', ''],
	['linux/amd64, linux/arm64', ' linux/arm64'],
	['linux/amd64,pc,wat', 'pc'],
] as const) {
	test(`--platform "${value}" is none`, t => {
		t.like(platformOptions([value], {}, own), {kind: 'invalid', message: `"${wrong}" is not a platform`});
	});
}

// Stages on scratch are for the target whatever their --platform (BuildKit dockerfile2llb/convert.go), which RUN shows.
const dockerfile = `FROM --platform=$BUILDPLATFORM scratch AS deps
WORKDIR /src
COPY a.txt .

FROM --platform=$BUILDPLATFORM deps AS build
ARG TARGETARCH
COPY b.txt .
COPY b.txt /$TARGETARCH/

FROM --platform=linux/s390x scratch AS fixed
COPY b.txt /fixed

FROM --platform=$TARGETPLATFORM scratch AS test
COPY a.txt /test

FROM scratch
ARG TARGETPLATFORM
COPY --from=build /src /src
COPY --from=fixed /fixed /fixed
RUN run $TARGETPLATFORM
`;

const files: Files = {Dockerfile: dockerfile, 'b.txt': 'b\n'};
const both = '--platform=linux/amd64,linux/arm64';

interface PlansJson {
	readonly platforms: readonly PlanJson[];
}

const schemaOf = (name: string): unknown =>
	JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas', `${name}.schema.json`), 'utf8'));

async function json<T>(
	t: ExecutionContext<PlanContext>,
	given: Files,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<T> {
	return inFolder(t, given, async cwd => {
		const {stdout, stderr} = await runInProcess([...args, '--format=json'], cwd, {...plain, ...env});
		t.not(stdout, '', stderr);
		const result: unknown = JSON.parse(stdout);
		t.deepEqual(schemaErrors(schemaOf(args[0] ?? ''), result), []);
		return result as T;
	});
}

test('each platform has the plan that it has alone, in the order they were asked for', async t => {
	const single = (platform: string) => json<PlanJson>(t, files, [...offline, `--platform=${platform}`]);
	const [amd64, arm64] = [await single('linux/amd64'), await single('linux/arm64')];
	const plans = await json<PlansJson>(t, files, [...offline, both]);
	t.deepEqual(plans.platforms, [amd64, arm64]);
	const turned = [...offline, '--platform=linux/arm64', both];
	t.deepEqual((await json<PlansJson>(t, files, turned)).platforms, [arm64, amd64]);
	const byDefault = {DOCKER_DEFAULT_PLATFORM: 'linux/arm64,linux/amd64'};
	t.deepEqual((await json<PlansJson>(t, files, offline, byDefault)).platforms, [arm64, amd64]);
	t.deepEqual(await json<PlanJson>(t, files, [...offline, '--platform=linux/amd64'], byDefault), amd64);
	t.deepEqual(await json<PlanJson>(t, files, [...offline, '--platform=linux/amd64,linux/amd64/v1']), amd64);

	const keysOf = ({stages}: PlanJson) => stages.flatMap(({steps}) => steps.map(({line, key}) => [line, key] as const));
	const differing = keysOf(amd64).filter(([line, key]) => key !== new Map(keysOf(arm64)).get(line));
	t.deepEqual(
		differing.map(([line]) => line),
		[8, 20],
		'only where the target is looked at, or a command runs on it',
	);
});

test('a frontend of its own speaks for all platforms', async t => {
	const old = {...files, Dockerfile: `# syntax=docker/dockerfile:1.4.0\n${dockerfile}`};
	const plans = await json<PlansJson>(t, old, [...offline, both]);
	t.deepEqual(plans.platforms[1], await json<PlanJson>(t, old, [...offline, '--platform=linux/arm64']));
});

test('a stage that is the same for several platforms is told once', async t => {
	await inFolder(t, files, async cwd => {
		const {stdout, exitCode} = await runInProcess([...offline, both, '--detailed-exitcode'], cwd, plain);
		t.is(exitCode, 2);
		const titles = stdout.split('\n').filter(line => /^\w.* (?:→|from scratch|from deps)/.test(line));
		t.deepEqual(titles, [
			'app/Dockerfile → stage-4 (linux/amd64, keys as BuildKit 0.29+, assumed)',
			'deps from scratch',
			'build from deps',
			'fixed from scratch',
			'test from scratch not needed for this target',
			'stage-4 from scratch target',
			'app/Dockerfile → stage-4 (linux/arm64, keys as BuildKit 0.29+, assumed)',
			'deps from scratch: the same steps as for linux/amd64',
			'build from deps',
			'fixed from scratch: the same steps as for linux/amd64',
			'test from scratch not needed for this target',
			'stage-4 from scratch target',
		]);
		t.true(
			stdout.endsWith('2 platforms: 0 hit, 12 miss, 0 unknown; a step that several have in common counts once.\n'),
		);
	});
});

test('what is wrong on one platform only stops all', async t => {
	const wrong = {Dockerfile: 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH.txt /\n', 'amd64.txt': ''};
	const result = await json<{readonly diagnostics: readonly {readonly message: string}[]}>(t, wrong, [
		...offline,
		both,
	]);
	t.is(result.diagnostics.length, 1);
	t.regex(result.diagnostics[0]?.message ?? '', /arm64\.txt/);
});

interface BuildJson {
	readonly message: string;
	readonly targets: readonly {
		readonly target: string;
		readonly final: boolean;
		readonly built: boolean;
		readonly plan: PlanJson;
	}[];
	readonly steps: readonly {readonly line: number; readonly platforms?: readonly string[]; readonly actual: string}[];
}

test('a build has every leaf of every platform as a target, those asked for last, and each step once', async t => {
	const args = ['build', 'app', '--offline', '--require-cached'];
	const {targets, steps, message} = await json<BuildJson>(t, files, [...args, both]);
	t.is(message, '--require-cached: 13 steps will run, or may');
	t.deepEqual(
		targets.map(({target, final, built, plan}) => [target, plan.platform, final, built]),
		[
			['test', 'linux/amd64', false, false],
			['test', 'linux/arm64', false, false],
			['stage-4', 'linux/amd64', true, false],
			['stage-4', 'linux/arm64', true, false],
		],
	);
	t.true(steps.every(({actual}) => actual === 'not-reached'));
	const on = (line: number) => steps.filter(step => step.line === line).map(({platforms}) => platforms);
	t.deepEqual(on(3), [['linux/amd64', 'linux/arm64']]);
	t.deepEqual(on(8), [['linux/amd64'], ['linux/arm64']]);
	t.deepEqual(on(20), [['linux/amd64'], ['linux/arm64']]);
	const single = await json<BuildJson>(t, files, [...args, '--platform=linux/arm64']);
	t.deepEqual([...new Set(single.steps.map(({platforms}) => platforms))], [undefined]);
});

interface KeyJson {
	readonly key: string;
	readonly hash: string;
	readonly platform: string;
}

test('one key covers all platforms, whatever their order', async t => {
	const key = (...flags: readonly string[]) =>
		json<KeyJson>(t, files, ['key', 'app', '--offline', '--name=app', ...flags]);
	const {key: ofBoth, hash, platform} = await key(both);
	t.is(platform, 'linux/amd64,linux/arm64');
	t.is((await key('--platform=linux/arm64', '--platform=linux/amd64')).key, ofBoth);
	const others = [
		await key('--platform=linux/arm64'),
		await key('--platform=linux/amd64'),
		await key(`${both},linux/386`),
	];
	t.is(new Set([hash, ...others.map(one => one.hash)]).size, 4);
});

test('a builder that cannot run a platform is told so', t => {
	const source = {path: 'Dockerfile', text: 'FROM base\nRUN make\n'};
	const range = {start: {line: 2, column: 1}, end: {line: 2, column: 9}};
	const report = (output: readonly string[], platform?: object): BuildReport =>
		({
			outcome: {kind: 'failed', message: 'failed to solve'},
			failedTarget: {
				title: 'stage-0 for linux/arm64',
				plan: {platform: {os: 'linux', architecture: 'arm64'}, graph: {stages: [{platform}]}},
			},
			steps: [
				{
					forecast: {step: {stage: 0, instruction: {range}}},
					actual: {kind: 'failed', message: 'process "make" failed', output},
				},
			],
		}) as unknown as BuildReport;
	const style = createStyle({env: {}, isTty: false});
	const cannot = 'exec /bin/sh: exec format error';
	t.regex(renderFailure(report([cannot]), source, style), /exec format error\n {2}hint: .* programs of linux\/arm64: /);
	const riscv = report([cannot], {os: 'linux', architecture: 'riscv64'});
	t.regex(renderFailure(riscv, source, style), /programs of linux\/riscv64: /);
	t.notRegex(renderFailure(report(['make: no rule']), source, style), /hint/);
});
