import {randomUUID} from 'node:crypto';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {buildxArgs} from '../../planner/engines/buildx-args.ts';
import {dockerAddresses} from '../../planner/engines/docker-context.ts';
import type {BuildEvent, BuildOutcome, BuildRequest, Engine, EngineKind} from '../../planner/engines/engine.ts';
import {failureMessage, isConnectionLoss} from '../../planner/engines/failure.ts';
import {findEngine} from '../../planner/engines/find-engine.ts';
import {linesOf} from '../../planner/engines/lines.ts';
import {rawjsonReader} from '../../planner/engines/rawjson.ts';
import {makeBaseImage} from '../engine/base-image.ts';
import {docker} from '../engine/buildx.ts';
import {killEngine, startAnotherEngine} from '../engine/private-engine.ts';
import {processesOf, run as runProgram} from '../engine/processes.ts';
import {stopFolder} from '../engine/stop.ts';
import {loadTestEngine, type TestEngine, whyNoEngine} from '../engine/test-engine.ts';
import {bareRequest} from '../helpers/bare-request.ts';

// The output of buildx, cut anywhere.

const vertex = 'sha256:aa';
const statuses = [
	{vertexes: [{digest: vertex, name: '[1/2] RUN true', inputs: ['sha256:bb']}]},
	{statuses: [{id: 'transferring', vertex, current: 1, timestamp: '2026-11-24T07:06:51Z'}]},
	{
		logs: [
			{vertex, stream: 1, data: Buffer.from([0x68, 0xc3]).toString('base64')},
			{vertex, stream: 2, data: Buffer.from('error').toString('base64')},
			{vertex, stream: 1, data: Buffer.from([0xa9, 0x0a]).toString('base64')},
		],
	},
	{
		vertexes: [
			{
				digest: vertex,
				name: '[1/2] RUN true',
				inputs: ['sha256:bb'],
				cached: true,
				started: '2026-11-24T07:06:51.528970673Z',
				completed: '2026-11-24T07:06:52Z',
				error: 'exit code: 1',
			},
		],
		warnings: [{vertex, short: Buffer.from('MaintainerDeprecated: …').toString('base64'), range: [{start: {line: 2}}]}],
	},
];

const statusEvents: readonly BuildEvent[] = [
	{kind: 'vertex', digest: vertex, name: '[1/2] RUN true', inputs: ['sha256:bb'], cached: false},
	{kind: 'progress', vertex, at: Date.UTC(2026, 10, 24, 7, 6, 51)},
	{kind: 'log', vertex, stream: 'stdout', text: 'h'},
	{kind: 'log', vertex, stream: 'stderr', text: 'error'},
	{kind: 'log', vertex, stream: 'stdout', text: 'é\n'},
	{
		kind: 'vertex',
		digest: vertex,
		name: '[1/2] RUN true',
		inputs: ['sha256:bb'],
		cached: true,
		started: Date.UTC(2026, 10, 24, 7, 6, 51, 528),
		completed: Date.UTC(2026, 10, 24, 7, 6, 52),
		error: 'exit code: 1',
	},
	{kind: 'warning', vertex, message: 'MaintainerDeprecated: …', line: 2},
];

async function eventsOf(output: string, chunkBytes: number): Promise<readonly BuildEvent[]> {
	const bytes = Buffer.from(output);
	async function* chunks(): AsyncGenerator<Uint8Array> {
		for (let start = 0; start < bytes.length; start += chunkBytes) {
			yield bytes.subarray(start, start + chunkBytes);
		}
	}
	const reader = rawjsonReader();
	const events: BuildEvent[] = [];
	for await (const line of linesOf(chunks())) {
		events.push(...reader.line(line));
	}
	return [...events, ...reader.end()];
}

const outputs = test.macro(
	async (t: ExecutionContext, output: string, expected: readonly BuildEvent[]): Promise<void> => {
		for (const chunkBytes of [1, 2, 3, 7, 64, 100_000]) {
			t.deepEqual(await eventsOf(output, chunkBytes), expected, `in pieces of ${chunkBytes} bytes`);
		}
	},
);

const perLine = statuses.map(status => `${JSON.stringify(status)}\n`);
const indented = statuses.map(status => `${JSON.stringify(status, undefined, 2)}\n`);
const message = (text: string): BuildEvent => ({kind: 'message', text});

test('rawjson with one object a line', outputs, perLine.join(''), statusEvents);
test('rawjson indented over several lines', outputs, indented.join(''), statusEvents);
test(
	'people’s lines among the objects',
	outputs,
	`WARNING: é\r\n\n${perLine.join('')}Dockerfile:2\n-----\n${indented.slice(1, 2).join('')}ERROR: {no json}\n{neither\nlast`,
	[
		message('WARNING: é'),
		...statusEvents,
		message('Dockerfile:2'),
		message('-----'),
		{kind: 'progress', vertex, at: Date.UTC(2026, 10, 24, 7, 6, 51)},
		message('ERROR: {no json}'),
		message('{neither'),
		message('last'),
	],
);
test('an object that ends in the middle', outputs, '{\n  "vertexes": [\n', [message('{'), message('  "vertexes": [')]);

// Failures.

const failures = test.macro((t: ExecutionContext, lines: readonly string[], expected: string, lost: boolean): void => {
	const text = failureMessage(lines);
	t.is(text, expected);
	t.is(isConnectionLoss(text), lost);
});
test(
	'the message of a failed step',
	failures,
	[
		'Dockerfile:2',
		'---',
		'  2 | >>> RUN false',
		'---',
		'ERROR: failed to build: failed to solve: process "false" did not complete',
	],
	'process "false" did not complete',
	false,
);
test('the message of an older buildx', failures, ['ERROR: failed to solve: a: not found'], 'a: not found', false);
test(
	'a registry that is down is no lost engine',
	failures,
	['ERROR: failed to solve: unexpected status from HEAD request: 503 Service Unavailable'],
	'unexpected status from HEAD request: 503 Service Unavailable',
	false,
);
test(
	'a broken connection',
	failures,
	['ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF'],
	'failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
	true,
);

// Command lines.

const request: BuildRequest = {...bareRequest, contextDir: '/context', dockerfile: '/d/Dockerfile'};

test('every option of a request reaches buildx', t => {
	const args = buildxArgs(
		{
			...request,
			target: 'app',
			platform: 'linux/arm64',
			buildArgs: [
				['A', 'x y'],
				['B', ''],
			],
			cacheFrom: ['type=local,src=/a b'],
			cacheTo: ['type=registry,ref=r/c,mode=max'],
			tags: ['r/app:1', 'r/app:2'],
			output: 'push',
			noCache: true,
			pull: true,
		},
		{builder: 'mine', metadataFile: '/m'},
	);
	for (const arg of [
		'--builder=mine',
		'--metadata-file=/m',
		'--progress=rawjson',
		'--target=app',
		'--platform=linux/arm64',
		'--cache-from=type=local,src=/a b',
		'--cache-to=type=registry,ref=r/c,mode=max',
		'--tag=r/app:1',
		'--tag=r/app:2',
		'--push',
		'--no-cache',
		'--pull',
		'--file=/d/Dockerfile',
	]) {
		t.true(args.includes(arg), arg);
	}
	t.deepEqual(args.slice(-2), ['--', '/context']);
	t.false(args.some(arg => arg.startsWith('--output')));
});

test('only a result that stays in the builder goes without attestation and image', t => {
	t.true(buildxArgs(request, {}).includes('--output=type=cacheonly'));
	t.true(buildxArgs(request, {}).includes('--provenance=false'));
	t.true(buildxArgs({...request, output: 'load'}, {}).includes('--load'));
});

// Addresses.

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-engines-'));
	try {
		return await use(folder);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

const hosts = test.macro(
	async (t: ExecutionContext, env: Readonly<Record<string, string>>, expected: unknown): Promise<void> => {
		await inFolder(async homeDir => {
			const {addresses, failed} = await dockerAddresses({env, homeDir, os: 'linux'});
			t.deepEqual({addresses: addresses.map(({what, url, connection}) => ({what, url, connection})), failed}, expected);
		});
	},
);
const found = (what: string, url: string, connection: unknown): unknown => ({
	addresses: [{what, url, connection}],
	failed: [],
});
test(
	'DOCKER_HOST with a socket',
	hosts,
	{DOCKER_HOST: 'unix:///a/b.sock', DOCKER_CONTEXT: 'other'},
	found('DOCKER_HOST=unix:///a/b.sock', 'unix:///a/b.sock', {kind: 'socket', path: '/a/b.sock'}),
);
test(
	'DOCKER_HOST without a scheme',
	hosts,
	{DOCKER_HOST: '127.0.0.1:2375'},
	found('DOCKER_HOST=127.0.0.1:2375', 'tcp://127.0.0.1:2375', {kind: 'tcp', host: '127.0.0.1', port: 2375}),
);
test(
	'DOCKER_HOST with a login, TLS and an IPv6 address',
	hosts,
	{DOCKER_HOST: 'tcp://me:secret@[::1]', DOCKER_TLS_VERIFY: '1'},
	found('DOCKER_HOST=tcp://[::1]', 'tcp://[::1]', {kind: 'tcp', host: '::1', port: 2376, tls: {verify: true}}),
);
test(
	'DOCKER_HOST that is none',
	hosts,
	{DOCKER_HOST: 'ftp://x'},
	{
		addresses: [],
		failed: [{what: 'DOCKER_HOST=ftp://x', problem: '"ftp://" is not a kind of address that Docker knows'}],
	},
);
test(
	'DOCKER_CONTEXT that does not exist',
	hosts,
	{DOCKER_CONTEXT: 'gone'},
	{
		addresses: [],
		failed: [{what: 'context "gone"', problem: 'there is no such context; "docker context ls" shows those there are'}],
	},
);

test('the current context of config.json, with its TLS files', async t => {
	await inFolder(async homeDir => {
		const config = path.join(homeDir, '.docker');
		// printf desktop-linux | sha256sum
		const id = 'fe9c6bd7a66301f49ca9b6a70b217107cd1284598bfc254700c989b916da791e';
		await mkdir(path.join(config, 'contexts/meta', id), {recursive: true});
		await mkdir(path.join(config, 'contexts/tls', id, 'docker'), {recursive: true});
		await writeFile(path.join(config, 'config.json'), JSON.stringify({currentContext: 'desktop-linux'}));
		await writeFile(
			path.join(config, 'contexts/meta', id, 'meta.json'),
			JSON.stringify({Name: 'desktop-linux', Endpoints: {docker: {Host: 'tcp://10.0.0.1:2376'}}}),
		);
		await writeFile(path.join(config, 'contexts/tls', id, 'docker/ca.pem'), 'CA');
		const {addresses, failed} = await dockerAddresses({env: {}, homeDir, os: 'linux'});
		t.deepEqual(failed, []);
		t.deepEqual(addresses, [
			{
				what: 'context "desktop-linux"',
				url: 'tcp://10.0.0.1:2376',
				connection: {kind: 'tcp', host: '10.0.0.1', port: 2376, tls: {verify: true, ca: 'CA'}},
			},
		]);
	});
});

test('without a choice the usual sockets are tried', async t => {
	const {addresses} = await dockerAddresses({env: {XDG_RUNTIME_DIR: '/run/user/7'}, homeDir: '/home/me', os: 'linux'});
	t.deepEqual(
		addresses.map(({what}) => what),
		['/var/run/docker.sock', '/run/user/7/docker.sock', '/home/me/.docker/run/docker.sock'],
	);
});

test('no engine: everything tried is told, with what was wrong', async t => {
	await inFolder(async homeDir => {
		const socket = path.join(homeDir, 'none.sock');
		const env = {PATH: homeDir, DOCKER_HOST: `unix://${socket}`};
		t.deepEqual(await findEngine({env, homeDir, needsCacheExport: true}), {
			kind: 'none',
			tried: [
				{what: 'docker buildx', problem: '"docker" is not installed'},
				{what: `DOCKER_HOST=unix://${socket}`, problem: 'there is no such socket'},
			],
		});
		const onlyBuildx = await findEngine({env, homeDir, needsCacheExport: true, wanted: 'buildx'});
		t.is(onlyBuildx.kind === 'none' && onlyBuildx.tried.length, 1);
	});
});

// A real engine.

interface Bench {
	readonly test: TestEngine;
	readonly engine: Engine;
	/** A folder with app.txt. */
	readonly folder: string;
	/** Base image, and a word that no other test has. */
	readonly from: string;
	readonly word: string;
	build(dockerfile: string, more?: Partial<BuildRequest>): Promise<Run>;
}

interface Run {
	readonly outcome: BuildOutcome;
	readonly events: readonly BuildEvent[];
}

async function withEngine(
	t: ExecutionContext,
	kind: EngineKind,
	use: (bench: Bench) => Promise<void>,
	chosen: TestEngine | undefined = loadTestEngine(),
): Promise<void> {
	if (chosen === undefined) {
		t.log(whyNoEngine());
		t.pass();
		return;
	}
	if (kind === 'docker' && Number.parseInt(chosen.versions.engine, 10) < 28) {
		t.log('before Docker 28 the API takes no context when the engine has the containerd image store (moby/moby#47717)');
		t.pass();
		return;
	}
	const search = await findEngine({env: {...process.env, ...chosen.env}, needsCacheExport: true, wanted: kind});
	if (search.kind === 'none') {
		return t.fail(JSON.stringify(search.tried));
	}
	const {engine} = search;
	const word = `w${randomUUID()}`;
	await inFolder(async folder => {
		const {reference: from} = await makeBaseImage(chosen, 'cachecast-engines');
		await writeFile(path.join(folder, 'app.txt'), word);
		try {
			await use({
				test: chosen,
				engine,
				folder,
				from,
				word,
				async build(dockerfile, more = {}) {
					await writeFile(path.join(folder, 'Dockerfile'), dockerfile);
					return run(engine, {...bareRequest, ...place(folder), ...more});
				},
			});
		} finally {
			await engine.close();
		}
	});
}

function place(folder: string): Pick<BuildRequest, 'contextDir' | 'dockerfile' | 'contextPaths'> {
	return {
		contextDir: folder,
		dockerfile: path.join(folder, 'Dockerfile'),
		contextPaths: () => ['Dockerfile', 'app.txt'],
	};
}

async function run(
	engine: Engine,
	request: BuildRequest,
	signal: AbortSignal = new AbortController().signal,
	onEvent: (event: BuildEvent) => void = () => {},
): Promise<Run> {
	const events: BuildEvent[] = [];
	const outcome = await engine.build(
		request,
		event => {
			events.push(event);
			onEvent(event);
		},
		signal,
	);
	return {outcome, events};
}

/** The last report on each step whose name has the text. */
function steps(events: readonly BuildEvent[], text: string): readonly Extract<BuildEvent, {kind: 'vertex'}>[] {
	const last = new Map<string, Extract<BuildEvent, {kind: 'vertex'}>>();
	for (const event of events) {
		if (event.kind === 'vertex' && event.name.includes(text)) {
			last.set(event.digest, event);
		}
	}
	return [...last.values()];
}

function logOf(events: readonly BuildEvent[], stream: 'stdout' | 'stderr'): string {
	return events.map(event => (event.kind === 'log' && event.stream === stream ? event.text : '')).join('');
}

for (const kind of ['buildx', 'docker'] as const) {
	test.serial(`${kind}: steps, logs and what was cached`, async t => {
		await withEngine(t, kind, async ({engine, from, word, build}) => {
			t.is(engine.info.kind, kind);
			t.is(engine.info.canExportCache, kind === 'buildx');
			t.regex(engine.info.platform, /^linux\/\w+/);
			t.truthy(engine.info.engineVersion);
			const text = `FROM ${from} AS one\nARG GREETING\nCOPY app.txt /\nRUN cat /app.txt; echo "$GREETING"; echo wrong >&2\nFROM one\nRUN echo two\n`;
			const buildArgs = [['GREETING', 'é "$x" ✓']] as const;
			const first = await build(text, {buildArgs});
			t.deepEqual(first.outcome, {kind: 'built'});
			t.is(logOf(first.events, 'stdout'), `${word}é "$x" ✓\ntwo\n`);
			t.is(logOf(first.events, 'stderr'), 'wrong\n');
			const [copy] = steps(first.events, '[one 2/3] COPY app.txt /');
			const [cat] = steps(first.events, '[one 3/3] RUN cat /app.txt');
			t.false(copy?.cached);
			t.deepEqual(cat?.inputs, [copy?.digest]);
			t.true((cat?.started ?? 0) > Date.now() - 3_600_000 && (cat?.completed ?? 0) >= (cat?.started ?? 1));

			const second = await build(text, {buildArgs});
			t.deepEqual(second.outcome, {kind: 'built'});
			const cached = [...steps(second.events, '[one '), ...steps(second.events, '[stage-1 1/1]')].filter(
				step => !step.name.includes('FROM'),
			);
			t.deepEqual(
				cached.map(step => step.cached),
				[true, true, true],
			);
			t.is(logOf(second.events, 'stdout'), '');

			const forced = await build(text, {buildArgs, noCache: true, target: 'one'});
			t.is(logOf(forced.events, 'stdout'), `${word}é "$x" ✓\n`);
		});
	});

	test.serial(`${kind}: a step that fails, and a Dockerfile that is none`, async t => {
		await withEngine(t, kind, async ({from, word, build}) => {
			const step = await build(`FROM ${from}\nRUN echo ${word} >&2; exit 3\n`);
			t.is(step.outcome.kind, 'failed');
			t.regex(step.outcome.kind === 'failed' ? step.outcome.message : '', /^process .* exit code: 3$/);
			t.regex(steps(step.events, '[2/2] RUN')[0]?.error ?? '', /exit code: 3/);
			t.is(logOf(step.events, 'stderr'), `${word}\n`);
			const file = await build('FRM x\n');
			t.regex(file.outcome.kind === 'failed' ? file.outcome.message : '', /unknown instruction: FRM/i);
			const warned = await build(`FROM ${from}\nMAINTAINER ${word}\nRUN false\n`);
			t.is(warned.outcome.kind, 'failed');
		});
	});

	test.serial(`${kind}: a build can be aborted at any time`, async t => {
		await withEngine(t, kind, async ({engine, folder, from, word, build}) => {
			await build(`FROM ${from}\nRUN echo ${word}; sleep 300\n`, {target: 'none'});
			const request = {...bareRequest, ...place(folder)};
			const abort = new AbortController();
			const {outcome} = await run(engine, request, abort.signal, event => {
				if (event.kind === 'log') {
					abort.abort();
				}
			});
			t.deepEqual(outcome, {kind: 'aborted'});
			t.deepEqual((await run(engine, request, abort.signal)).outcome, {kind: 'aborted'});

			const closed = run(engine, request, undefined, event => {
				if (event.kind === 'log') {
					engine.close();
				}
			});
			t.deepEqual((await closed).outcome, {kind: 'aborted'});
			const left = await processesOf(folder);
			t.deepEqual(left, []);
		});
	});

	test.serial(`${kind}: an image for the engine, and one for the registry`, async t => {
		await withEngine(t, kind, async ({engine, from, word, test: chosen, build}) => {
			const tag = `${chosen.registry}/cachecast-engines:${word}`;
			const text = `FROM ${from}\nENV WORD=${word}\nCOPY app.txt /\n`;
			t.is(await engine.localImage(tag), undefined);
			t.teardown(() => docker(chosen, ['image', 'rm', '--force', tag]));
			const loaded = await build(text, {output: 'load', tags: [tag]});
			t.is(loaded.outcome.kind, 'built');
			t.true((await engine.localImage(tag))?.config.env.includes(`WORD=${word}`));

			const pushed = await build(text, {output: 'push', tags: [tag]});
			t.is(pushed.outcome.kind, 'built', JSON.stringify(pushed.outcome));
			const answer = await fetch(`http://${chosen.registry}/v2/cachecast-engines/manifests/${word}`, {
				headers: {
					accept:
						'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
				},
			});
			t.is(answer.status, 200);
			await answer.body?.cancel();
			t.is(
				pushed.outcome.kind === 'built' && pushed.outcome.imageDigest,
				answer.headers.get('docker-content-digest') ?? '',
			);
		});
	});

	test.serial(`${kind}: a Dockerfile from elsewhere, and an inline cache`, async t => {
		await withEngine(t, kind, async ({engine, folder, from, word, test: chosen}) => {
			await inFolder(async elsewhere => {
				const dockerfile = path.join(elsewhere, 'My Dockerfile');
				await writeFile(dockerfile, `FROM ${from}\nCOPY app.txt /\nRUN cat /app.txt\n`);
				const tag = `${chosen.registry}/cachecast-inline:${word}`;
				const request: BuildRequest = {...bareRequest, ...place(folder), dockerfile, contextPaths: () => ['app.txt']};
				const {outcome, events} = await run(engine, {
					...request,
					output: 'push',
					tags: [tag],
					cacheTo: ['type=inline'],
					cacheFrom: [`type=registry,ref=${tag}`],
				});
				t.is(outcome.kind, 'built', JSON.stringify(outcome));
				t.is(logOf(events, 'stdout'), word);
				const again = await run(engine, {...request, cacheFrom: [`type=registry,ref=${tag}`]});
				t.is(again.outcome.kind, 'built');
				t.is(steps(again.events, 'importing cache manifest').length, 1);
				t.true(steps(again.events, 'RUN cat')[0]?.cached);
			});
		});
	});

	test.serial(`${kind}: an engine that dies in the middle is lost`, async t => {
		const chosen = loadTestEngine();
		const start = chosen === undefined ? undefined : await startAnotherEngine(chosen);
		if (start?.kind !== 'started') {
			t.log(start?.reason ?? whyNoEngine());
			t.pass();
			return;
		}
		const other = start.engine;
		try {
			await withEngine(
				t,
				kind,
				async ({from, engine, folder, build}) => {
					await build(`FROM ${from}\nRUN echo up; sleep 300\n`, {target: 'none'});
					let killed: Promise<void> | undefined;
					const {outcome} = await run(engine, {...bareRequest, ...place(folder)}, undefined, event => {
						if (event.kind === 'log') {
							killed ??= killEngine(other);
						}
					});
					await killed;
					t.is(outcome.kind, 'lost', JSON.stringify(outcome));
					const after = await run(engine, {...bareRequest, ...place(folder)});
					t.is(after.outcome.kind, 'lost', JSON.stringify(after.outcome));
				},
				other,
			);
		} finally {
			await stopFolder(other.folder, other.programs.tools);
		}
	});
}

test.serial('buildx: caches are exported and read again', async t => {
	await withEngine(t, 'buildx', async ({from, folder, build, word, test: chosen}) => {
		const cache = path.join(folder, '../', `${path.basename(folder)}-cache`);
		const ref = `${chosen.registry}/cachecast-engines:cache-${word}`;
		const text = `FROM ${from}\nCOPY app.txt /\nRUN cat /app.txt\n`;
		try {
			const written = await build(text, {
				cacheTo: [`type=local,dest=${cache},mode=max`, `type=registry,ref=${ref},mode=max`],
			});
			t.deepEqual(written.outcome, {kind: 'built'});
			for (const spec of [`type=local,src=${cache}`, `type=registry,ref=${ref}`]) {
				const read = await build(text, {cacheFrom: [spec]});
				t.deepEqual(read.outcome, {kind: 'built'});
				t.is(steps(read.events, 'importing cache manifest').length, 1, spec);
			}
		} finally {
			await rm(cache, {recursive: true, force: true});
		}
	});
});

test.serial('docker: what its API cannot do is said before anything is built', async t => {
	await withEngine(t, 'docker', async ({from, build}) => {
		const {outcome, events} = await build(`FROM ${from}\n`, {cacheTo: ['type=registry,ref=a/b,mode=max']});
		t.regex(outcome.kind === 'failed' ? outcome.message : '', /only inline caches/);
		t.deepEqual(steps(events, ''), []);
	});
});

test.serial('a process that built ends by itself, without close', async t => {
	const chosen = loadTestEngine();
	if (chosen === undefined) {
		t.log(whyNoEngine());
		t.pass();
		return;
	}
	await inFolder(async folder => {
		await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\nRUN ["/none"]\n');
		const program = path.join(folder, 'main.mjs');
		const module = new URL('../../planner/engines/find-engine.js', import.meta.url);
		await writeFile(
			program,
			`import {findEngine} from ${JSON.stringify(module)};
			for (const wanted of ['docker', 'buildx']) {
				const search = await findEngine({env: process.env, needsCacheExport: false, wanted});
				const request = {...${JSON.stringify({...bareRequest, contextDir: folder, dockerfile: path.join(folder, 'Dockerfile')})}, contextPaths: () => ['Dockerfile']};
				const abort = new AbortController();
				const outcomes = [];
				for (const onEvent of [() => {}, () => abort.abort()]) {
					outcomes.push((await search.engine.build(request, onEvent, abort.signal)).kind);
				}
				console.log(outcomes.join(' '));
			}`,
		);
		const result = await runProgram('timeout', ['60', process.execPath, program], {env: chosen.env});
		t.is(result.stdout, 'failed aborted\nfailed aborted\n', result.stderr);
		t.is(result.exitCode, 0);
	});
});
