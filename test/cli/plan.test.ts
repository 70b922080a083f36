import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {schemaErrors} from '../helpers/json-schema.ts';
import {projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

interface Context {
	/** A folder with a copy of the samples, in a git work tree of its own: so the default cache is `.cachecast/cache` here, and empty. */
	readonly home: string;
}

const test = anyTest as TestFn<Context>;

test.before(async t => {
	const home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'cachecast-plan-')));
	await mkdir(path.join(home, '.git'));
	await cp(path.join(projectRoot, 'samples'), path.join(home, 'samples'), {recursive: true});
	await fixModes(path.join(home, 'samples'));
	Object.assign(t.context, {home});
});

test.after.always(async t => {
	await rm(t.context.home, {recursive: true, force: true});
});

// Modes are part of the content keys, and a checkout's depend on the umask.
async function fixModes(dir: string): Promise<void> {
	for (const entry of await readdir(dir, {withFileTypes: true, recursive: true})) {
		await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
	}
}

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', 'plan.schema.json'), 'utf8'));

const plain = {NO_COLOR: '1', FORCE_COLOR: '0', CACHECAST_DEBUG: ''};

// Rewritten by UPDATE_GOLDEN=1; read what changed before it is committed.
async function compareGolden(
	t: ExecutionContext<Context>,
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

interface PlanJson {
	readonly target: string;
	readonly platform: string;
	readonly dialect: {readonly since: string; readonly by: string};
	readonly caches: readonly {readonly state: string; readonly reason: string | null}[];
	readonly stages: readonly {
		readonly name: string | null;
		readonly needed: boolean;
		readonly steps: readonly {
			readonly line: number;
			readonly forecast: string;
			readonly key: string | null;
			readonly contentKeys: readonly string[];
			readonly cause: {readonly kind: string} | null;
		}[];
	}[];
	readonly summary: Readonly<Record<string, number>>;
}

/** Files of a context called `app`, with what must stand there. */
type Files = Readonly<Record<string, string>>;

interface Case {
	readonly args: readonly string[];
	readonly files?: Files;
	readonly exitCode: number;
	/** All of stderr. */
	readonly stderr?: string;
	/** A part of stdout. */
	readonly stdout?: string;
}

async function inFolder<T>(t: ExecutionContext<Context>, files: Files, use: (cwd: string) => Promise<T>): Promise<T> {
	const cwd = await mkdtemp(path.join(t.context.home, 'case-'));
	for (const [name, text] of Object.entries({Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': 'a\n', ...files})) {
		const file = path.join(cwd, 'app', name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text, {mode: 0o644});
	}

	return use(cwd);
}

const cli = test.macro(
	async (t: ExecutionContext<Context>, {args, files = {}, exitCode, stderr = '', stdout}: Case) => {
		await inFolder(t, files, async cwd => {
			const result = await runCli(args, {cwd, env: plain});
			// Where nothing was said, runCli says that the command failed.
			t.is(result.stderr.startsWith('Command failed: ') ? '' : result.stderr, stderr);
			t.is(result.exitCode, exitCode);
			if (stdout === undefined) {
				t.is(result.stdout, '');
			} else {
				t.true(result.stdout.includes(stdout), result.stdout);
			}
		});
	},
);

const usage = (message: string, hint?: string) => `error ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`;

const usageErrors: readonly (readonly [args: string, stderr: string])[] = [
	['plans', "error: unknown command 'plans'\n(Did you mean plan?)\n"],
	['plan --frobnicate', "error: unknown option '--frobnicate'\n"],
	['plan --buld-arg X', "error: unknown option '--buld-arg'\n(Did you mean --build-arg?)\n"],
	['plan app other', "error: too many arguments for 'plan'. Expected 1 argument but got 2.\n"],
	['plan app --build-arg', "error: option '--build-arg <name[=value]>' argument missing\n"],
	[
		'plan app --format yaml',
		"error: option '--format <format>' argument 'yaml' is invalid. Allowed choices are text, json.\n",
	],
	['plan app --platform pc', usage('"pc" is not a platform', 'write os/architecture, for example linux/arm64')],
	[
		'plan app --platform linux/amd64,linux/arm64',
		usage('one --platform at a time can be planned', 'write os/architecture, for example linux/arm64'),
	],
	[
		'plan app --cache-from type=registry',
		usage('--cache-from of type "registry" has no ref', 'add ref=<registry>/<name>:<tag>'),
	],
	['plan app --cache-from type=local', usage('--cache-from of type "local" has no src', 'add src=<folder>')],
	['plan app --cache-from type=s4,ref=x', usage('--cache-from has the unknown type "s4"', 'did you mean "s3"?')],
	[
		'plan app --shm-size huge',
		usage('"huge" is no size', 'write a number with b, k, m or g behind it, for example 64m'),
	],
	['plan app --ulimit nofile', usage('"nofile" is no ulimit', 'write name=soft[:hard], for example nofile=1024:2048')],
	['plan app --network bridge', usage('"bridge" is no network mode', 'use default, none or host')],
	['plan app --buildkit new', usage('"new" is no BuildKit version', 'write it as BuildKit does, for example v0.25.1')],
	['plan nowhere', usage('the context "nowhere" is not there', 'name the folder the build may read, for example "."')],
	[
		'plan app/a.txt',
		usage('the context "app/a.txt" is not a folder', 'name the folder the build may read, for example "."'),
	],
	[
		'plan https://example.com/app.git',
		usage(
			'the context "https://example.com/app.git" is remote; cachecast reads contexts from a folder',
			'clone or unpack it first: the content of its files is part of the cache keys',
		),
	],
	['plan .', usage('there is no Dockerfile at "Dockerfile"', 'name it with -f, or give the folder it lies in')],
	[
		'plan app -f app/Dockerfile.dev',
		usage('there is no Dockerfile at "app/Dockerfile.dev"', 'name it with -f, or give the folder it lies in'),
	],
	['plan app -f app', usage('the Dockerfile "app" cannot be read: EISDIR')],
];

for (const [args, stderr] of usageErrors) {
	test.serial(`cachecast ${args}`, cli, {args: args.split(' '), exitCode: 2, stderr});
}

const offline = ['plan', 'app', '--offline'];

/** A mistake in the Dockerfile: exit 1, and the place with an excerpt. */
const mistakes: readonly (readonly [title: string, dockerfile: string, stderr: string])[] = [
	[
		'an unknown instruction',
		'FROM scratch\nCOPPY a.txt /\n',
		`app/Dockerfile:2:1 error unknown instruction "COPPY" [syntax]
  2 | COPPY a.txt /
    | ~~~~~
  hint: did you mean "COPY"?
`,
	],
	[
		'an unknown flag',
		'FROM scratch\nCOPY --form=a /x /x\n',
		`app/Dockerfile:2:6 error unknown flag "--form" of COPY [syntax]
  2 | COPY --form=a /x /x
    |      ~~~~~~
  hint: did you mean "--from"?
`,
	],
	[
		'an instruction before the first FROM',
		'RUN true\nFROM scratch\n',
		`app/Dockerfile:1:1 error "RUN" stands before the first FROM [syntax]
  1 | RUN true
    | ~~~
  hint: only ARG may stand there
`,
	],
	[
		'an empty Dockerfile',
		'',
		`app/Dockerfile:1:1 error the Dockerfile is empty [syntax]
  1 |
    | ~
`,
	],
	[
		'a stage that uses itself',
		'FROM scratch AS a\nCOPY --from=a /x /x\n',
		`app/Dockerfile:2:13 error stage "a" uses itself [graph]
  2 | COPY --from=a /x /x
    |             ~
`,
	],
	[
		'a circle of stages',
		'FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nCOPY --from=a /x /x\n',
		`app/Dockerfile:4:13 error stages use each other in a circle: "b" → "a" [graph]
  4 | COPY --from=a /x /x
    |             ~
  app/Dockerfile:2:13 "b" is used here
  2 | COPY --from=b /x /x
    |             ~
`,
	],
	[
		'a stage that is defined too late',
		'FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nFROM a\n',
		`app/Dockerfile:2:13 error stage "b" is used before it is defined [graph]
  2 | COPY --from=b /x /x
    |             ~
  app/Dockerfile:3:1 defined here
  3 | FROM scratch AS b
    | ~~~~~~~~~~~~~~~~~
  hint: move it above the stage that uses it
`,
	],
	[
		'a stage number that does not exist',
		'FROM scratch\nFROM scratch\nCOPY --from=2 /a /a\n',
		`app/Dockerfile:3:13 error there is no stage 2 [graph]
  3 | COPY --from=2 /a /a
    |             ~
  hint: stages are numbered from 0 to 1
`,
	],
	[
		'several mistakes in the graph are told at once',
		'ARG B\nFROM $B AS a\nFROM Upper\nCOPY --from=$B /a /a\n',
		`app/Dockerfile:2:6 error the base image "$B" is empty [graph]
  2 | FROM $B AS a
    |      ~~
  hint: "B" has no value: give it a default (ARG NAME=value before FROM) or --build-arg

app/Dockerfile:3:6 error invalid image reference "Upper": repository name must be lowercase [graph]
  3 | FROM Upper
    |      ~~~~~

app/Dockerfile:4:13 error variables are not expanded in --from [graph]
  4 | COPY --from=$B /a /a
    |             ~~
  hint: name a stage after it: FROM $IMAGE AS name, then --from=name
`,
	],
	[
		'a file that is not in the context',
		'FROM scratch\nCOPY a.txt b.txt /\n',
		`app/Dockerfile:2:12 error "b.txt" is not in the build context [context]
  2 | COPY a.txt b.txt /
    |            ~~~~~
  hint: paths start at the context folder; what .dockerignore excludes or lies outside cannot be read
`,
	],
	[
		'a path that leads out of the context',
		'FROM scratch\nCOPY ../secret /\n',
		`app/Dockerfile:2:6 error "secret" is not in the build context [context]
  2 | COPY ../secret /
    |      ~~~~~~~~~
  hint: paths start at the context folder; what .dockerignore excludes or lies outside cannot be read
`,
	],
	[
		'a malformed pattern',
		'FROM scratch\nCOPY [a.txt /\n',
		`app/Dockerfile:2:6 error "[a.txt" is a malformed pattern [context]
  2 | COPY [a.txt /
    |      ~~~~~~
  hint: close every [ with ], and do not end with a backslash
`,
	],
	[
		'a mode that is none',
		'FROM scratch\nCOPY --chmod=99 a.txt /\n',
		`app/Dockerfile:2:1 error "99" is no mode [graph]
  2 | COPY --chmod=99 a.txt /
    | ~~~~~~~~~~~~~~~~~~~~~~~
  hint: write an octal number between 0 and 07777
`,
	],
];

for (const [title, dockerfile, stderr] of mistakes) {
	test.serial(title, cli, {args: offline, files: {Dockerfile: dockerfile}, exitCode: 1, stderr});
}

test.serial('an ignored file is not in the context', cli, {
	args: offline,
	files: {'.dockerignore': '*.txt\n'},
	exitCode: 1,
	stderr: `app/Dockerfile:2:6 error "a.txt" is not in the build context [context]
  2 | COPY a.txt /
    |      ~~~~~
  hint: paths start at the context folder; what .dockerignore excludes or lies outside cannot be read
`,
});

test.serial('a malformed ignore file', cli, {
	args: offline,
	files: {'.dockerignore': '[a\n'},
	exitCode: 2,
	stderr: usage('the ignore file has a malformed pattern "[a": invalid pattern "[a"', 'close every [ with ]'),
});

const stages = 'FROM scratch AS builder\nCOPY a.txt /\nFROM scratch AS runtime\n';

const targets: readonly (readonly [target: string, hint: string])[] = [
	['biulder', 'did you mean "builder"?'],
	['0', 'BuildKit finds targets by name only: its stages are "builder", "runtime"'],
];

for (const [target, hint] of targets) {
	test.serial(`--target ${target}, which is not defined`, cli, {
		args: [...offline, '--target', target],
		files: {Dockerfile: stages},
		exitCode: 1,
		stderr: `app/Dockerfile:3:1 error target stage "${target}" is not defined [graph]
  3 | FROM scratch AS runtime
    | ~~~~~~~~~~~~~~~~~~~~~~~
  hint: ${hint}
`,
	});
}

// Permissions do not stop root, so what cannot be read here is a link that leads to itself.
test.serial('a Dockerfile that cannot be read', async t => {
	await inFolder(t, {}, async cwd => {
		await symlink('loop', path.join(cwd, 'app', 'loop'));
		const {stderr, exitCode} = await runCli(['plan', 'app', '-f', 'app/loop'], {cwd, env: plain});
		t.is(stderr, usage('the Dockerfile "app/loop" cannot be read: ELOOP'));
		t.is(exitCode, 2);
	});
});

test.serial('a file of the context that cannot be read', async t => {
	if (process.getuid?.() === 0) {
		t.log('not run: root may read every file');
		t.pass();
		return;
	}

	await inFolder(t, {}, async cwd => {
		await chmod(path.join(cwd, 'app', 'a.txt'), 0);
		const {stderr, exitCode} = await runCli(offline, {cwd, env: plain});
		t.regex(stderr, /^app\/Dockerfile:2:6 error "a\.txt" cannot be read: EACCES \[context\]\n/);
		t.is(exitCode, 1);
	});
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
	['an index that is no JSON', '{', 'its index.json is broken; delete the folder and write the cache again'],
	[
		'an index with a path for a digest',
		manifest('sha256:../../a'),
		'its index.json is broken; delete the folder and write the cache again',
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
		t.deepEqual(plan.dialect, {since: '0.13', by: 'given'});
		t.deepEqual(
			plan.stages.map(({needed}) => needed),
			[true, false],
		);
		t.deepEqual(plan.summary, {hit: 0, miss: 1, unknown: 0});
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
		const main = path.join(projectRoot, 'dist', 'cli', 'main.js');
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

const nonsense: readonly (readonly [title: string, bytes: Uint8Array])[] = [
	['bytes that are no text', Uint8Array.from({length: 4096}, (_, index) => (index * 167 + 13) % 256)],
	['NUL', new Uint8Array(100)],
	['a byte order mark alone', Uint8Array.of(0xef, 0xbb, 0xbf)],
	['a UTF-16 text', Buffer.from('\ufeffFROM scratch\n', 'utf16le')],
	['a line of 200,000 characters', Buffer.from(`FROM scratch\nLABEL ${'a'.repeat(200_000)}\n`)],
	['a here-document that never ends', Buffer.from('FROM scratch\nRUN <<EOF\ntrue\n')],
	['an escape at the end', Buffer.from('FROM scratch\nRUN true \\')],
];

for (const [title, bytes] of nonsense) {
	test.serial(`no stack trace for ${title}`, async t => {
		await inFolder(t, {}, async cwd => {
			await writeFile(path.join(cwd, 'app', 'Dockerfile'), bytes);
			const {stdout, stderr, exitCode} = await runCli(offline, {cwd, env: plain});
			t.true(exitCode === 0 || exitCode === 1, `${exitCode}: ${stderr}`);
			t.is(stderr === '', exitCode === 0);
			t.is(stdout === '', exitCode === 1);
			t.notRegex(stderr, /internal:|^\s+at .*:\d+:\d+/m);
		});
	});
}

test('plan writes nothing', async t => {
	await inFolder(t, {}, async cwd => {
		const before = await readdir(cwd, {recursive: true});
		t.is((await runCli(offline, {cwd, env: plain})).exitCode, 0);
		t.deepEqual(await readdir(cwd, {recursive: true}), before);
		t.false(existsSync(path.join(t.context.home, '.cachecast')));
	});
});
