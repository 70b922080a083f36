import {chmod, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {checkCase, inFolder, offline, type PlanContext, plain, prepare, usage} from '../helpers/plan-cases.ts';
import {runCli} from '../helpers/run-cli.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const cli = test.macro(checkCase);

const usageErrors: readonly (readonly [args: string, stderr: string])[] = [
	['plans', "error: unknown command 'plans'\n(Did you mean plan?)\n"],
	['plan --frobnicate', "error: unknown option '--frobnicate'\n"],
	['plan --buld-arg X', "error: unknown option '--buld-arg'\n(Did you mean --build-arg?)\n"],
	['plan app other', "error: too many arguments for 'plan'. Expected 1 argument but got 2.\n"],
	['plan app --build-arg', "error: option '--build-arg <name[=value]>' argument missing\n"],
	[
		'plan app --format yaml',
		"error: option '--format <format>' argument 'yaml' is invalid. Allowed choices are tree, text, table, json, markdown, html, dot, mermaid, svg, commands.\n",
	],
	[
		'plan app --platform pc',
		usage('"pc" is not a platform', 'write os/architecture, for example linux/arm64; several with commas'),
	],
	[
		'plan app --platform linux/amd64,wat --platform linux/arm64',
		usage('"wat" is not a platform', 'write os/architecture, for example linux/arm64; several with commas'),
	],
	[
		'plan app --cache-from type=registry',
		usage('--cache-from of type "registry" has no ref', 'add ref=<registry>/<name>:<tag>'),
	],
	[
		'build app --platform linux/amd64,linux/arm64 -t app',
		usage(
			'an image of several platforms cannot be loaded into an engine',
			'push it with --push, or load one --platform at a time',
		),
	],
	[
		'build app --platform linux/amd64 --platform linux/arm64 -t r.example/app --push --offline',
		usage(
			'--offline: the images of several platforms are joined in the registry',
			'leave out --offline, or push one --platform at a time',
		),
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
	[
		'plan app --registry-mirror https://ann:s3cret@m.io',
		usage('--registry-mirror holds a login', 'leave it out of the address and run "docker login" for that host'),
	],
	[
		'plan app --registry-ca none.pem',
		usage(
			'--registry-ca "none.pem" cannot be read (ENOENT)',
			'name a file with the certificate of an authority in PEM',
		),
	],
	[
		'plan app --registry-ca app/a.txt',
		usage('--registry-ca "app/a.txt" holds no certificate', 'name a file with the certificate of an authority in PEM'),
	],
	['plan app --offline --online', usage('--offline and --online exclude each other', 'give one of the two')],
	['plan nowhere', usage('the context "nowhere" is not there', 'name the folder the build may read, for example "."')],
	[
		'plan app/a.txt',
		usage('the context "app/a.txt" is not a folder', 'name the folder the build may read, for example "."'),
	],
	[
		'plan https://example.com/app.git',
		usage(
			'the context "https://example.com/app.git" is remote; cachecast reads contexts from a folder',
			'clone it first: the content of its files is part of the cache keys',
		),
	],
	[
		'plan -',
		usage(
			'a context from standard input cannot be planned: its files are part of the cache keys',
			'unpack it into a folder; a Dockerfile alone is read with -f - and a folder as the context',
		),
	],
	[
		'plan https://me:secret@example.com/app.tar.gz',
		usage(
			'the context "https://example.com/app.tar.gz" is remote; cachecast reads contexts from a folder',
			'download and unpack it first: the content of its files is part of the cache keys',
		),
	],
	[
		'plan app -f https://example.com/Dockerfile',
		usage(
			'the Dockerfile "https://example.com/Dockerfile" is remote',
			'download it, or pipe it in: curl -fsSL URL | cachecast plan -f - .',
		),
	],
	[
		'plan app --build-context lib',
		usage(
			'--build-context "lib" has no value',
			'write NAME=FOLDER, NAME=docker-image://IMAGE or NAME=oci-layout://FOLDER:TAG',
		),
	],
	[
		'plan app --build-context lib=nowhere',
		usage(
			'the build context "lib" is not there: "nowhere"',
			'name a folder, or docker-image://IMAGE, or oci-layout://FOLDER:TAG',
		),
	],
	[
		'plan app --build-context lib=app/a.txt',
		usage(
			'the build context "lib" is no folder: "app/a.txt"',
			'name a folder, or docker-image://IMAGE, or oci-layout://FOLDER:TAG',
		),
	],
	['plan .', usage('there is no Dockerfile at "Dockerfile"', 'name it with -f, or give the folder it lies in')],
	[
		'plan app -f app/Dockerfile.dev',
		usage('there is no Dockerfile at "app/Dockerfile.dev"', 'name it with -f, or give the folder it lies in'),
	],
	['plan app -f app', usage('the Dockerfile "app" cannot be read: EISDIR')],
];

test.serial('a file that is not in a named context', cli, {
	args: ['plan', 'app', '--offline', '--build-context', 'lib=app'],
	files: {Dockerfile: 'FROM debian\nCOPY --from=lib a.txt b.txt /\n'},
	exitCode: 1,
	stderr: `app/Dockerfile:2:23 error "b.txt" is not in the build context "lib" [context]
  2 | COPY --from=lib a.txt b.txt /
    |                       ~~~~~
  hint: paths start at the context folder; what lies outside cannot be read
`,
});
test.serial('a misspelt file of a named context', cli, {
	args: ['plan', 'app', '--offline', '--build-context', 'lib=lib'],
	files: {
		Dockerfile: 'FROM scratch\nRUN --mount=from=lib,source=include/mian.h,target=/h true\n',
		'../lib/include/main.h': '',
	},
	exitCode: 1,
	stderr: `app/Dockerfile:2:5 error "include/mian.h" is not in the build context "lib" [context]
  2 | RUN --mount=from=lib,source=include/mian.h,target=/h true
    |     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  hint: did you mean "include/main.h"?
`,
});
test.serial('a file that a named context leaves out', cli, {
	args: ['plan', 'app', '--offline', '--build-context', 'lib=lib'],
	files: {Dockerfile: 'FROM debian\nCOPY --from=lib main.h /\n', '../lib/main.h': '', '../lib/.dockerignore': '*.h\n'},
	exitCode: 1,
	stderr: `app/Dockerfile:2:17 error "main.h" is excluded by .dockerignore of the build context "lib" [context]
  2 | COPY --from=lib main.h /
    |                 ~~~~~~
  hint: its pattern "*.h" leaves it out; "!main.h" below that lets it in
`,
});
test.serial('a named context that nothing uses', cli, {
	args: ['plan', 'app', '--build-context', 'debain=app'],
	files: {Dockerfile: 'FROM scratch\nCOPY --from=debian / /\n'},
	exitCode: 0,
	stdout: '--build-context debain is not used: the Dockerfile names nothing of that name; did you mean "debian"?',
});

for (const [args, stderr] of usageErrors) {
	test.serial(`cachecast ${args}`, cli, {args: args.split(' '), exitCode: 2, stderr});
}

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
  hint: take one of these references out: a stage can use only those above it
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
  hint: take one of these references out: a stage can use only those above it
`,
	],
	[
		'a stage that is defined too late',
		'FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nFROM a\n',
		`app/Dockerfile:2:13 error stage "b" is used before it is defined [graph]
  2 | COPY --from=b /x /x
    |             ~
  app/Dockerfile:3:17 defined here
  3 | FROM scratch AS b
    |                 ~
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
  hint: write it in lower case: "upper"

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
  hint: paths start at the context folder; what lies outside cannot be read
`,
	],
	[
		'a path that leads out of the context',
		'FROM scratch\nCOPY ../secret /\n',
		`app/Dockerfile:2:6 error "secret" is not in the build context [context]
  2 | COPY ../secret /
    |      ~~~~~~~~~
  hint: paths start at the context folder; what lies outside cannot be read
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
		`app/Dockerfile:2:6 error "99" is no mode [graph]
  2 | COPY --chmod=99 a.txt /
    |      ~~~~~~~~~~
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
	stderr: `app/Dockerfile:2:6 error "a.txt" is excluded by the ignore file [context]
  2 | COPY a.txt /
    |      ~~~~~
  hint: its pattern "*.txt" leaves it out; "!a.txt" below that lets it in
`,
});

test.serial('a malformed ignore file', cli, {
	args: offline,
	files: {'.dockerignore': '[a\n'},
	exitCode: 2,
	stderr: usage('the ignore file has a malformed pattern "[a": invalid pattern "[a"', 'close every [ with ]'),
});

const stages = 'FROM scratch AS builder\nCOPY a.txt /\nFROM scratch AS runtime\n';

const targets: readonly (readonly [target: string, place: string, excerpt: string, hint: string])[] = [
	['biulder', '1:17', '  1 | FROM scratch AS builder\n    |                 ~~~~~~~', 'did you mean "builder"?'],
	[
		'0',
		'3:1',
		'  3 | FROM scratch AS runtime\n    | ~~~~~~~~~~~~~~~~~~~~~~~',
		'BuildKit finds targets by name only: its stages are "builder", "runtime"',
	],
];

for (const [target, place, excerpt, hint] of targets) {
	test.serial(`--target ${target}, which is not defined`, cli, {
		args: [...offline, '--target', target],
		files: {Dockerfile: stages},
		exitCode: 1,
		stderr: `app/Dockerfile:${place} error target stage "${target}" is not defined [graph]\n${excerpt}\n  hint: ${hint}\n`,
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
