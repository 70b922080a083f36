import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {commandContext} from '../../cli/commands/command-context.ts';
import {type LintCommandFlags, runLint} from '../../cli/commands/lint.ts';
import {createStyle} from '../../cli/render/style.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {projectRoot} from '../helpers/project.ts';

interface Outcome {
	readonly code: number;
	readonly out: string;
	readonly err: string;
}

/** Runs `lint` in a new folder that holds these files. */
async function lintIn(
	t: ExecutionContext,
	contents: Readonly<Record<string, string>>,
	files: readonly string[] = [],
	flags: Partial<LintCommandFlags> = {},
	env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
	const cwd = await mkdtemp(path.join(tmpdir(), 'cachecast-lint-'));
	t.teardown(() => rm(cwd, {recursive: true, force: true}));
	for (const [name, text] of Object.entries(contents)) {
		await mkdir(path.dirname(path.join(cwd, name)), {recursive: true});
		await writeFile(path.join(cwd, name), text);
	}

	const written = {out: '', err: ''};
	const style = createStyle({env: {}, isTty: false});
	const command = commandContext({
		streams: {
			out: text => {
				written.out += text;
			},
			err: text => {
				written.err += text;
			},
			interactive: false,
			columns: 100,
		},
		style,
		errorStyle: style,
		env,
		cwd,
		homeDir: cwd,
		readStdin: async () => new Uint8Array(),
		interruptSignal: () => new AbortController().signal,
	});
	const code = await runLint(files, {format: 'text', buildArg: [], ...flags}, command);
	return {code, ...written};
}

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const clean = `FROM alpine@${digest}\n`;

test('findings as text', async t => {
	const text = 'ARG TAG=latest\nFROM node:$TAG AS build\nFROM scratch\n\tCOPY --from=biuld /a /b\n';
	t.deepEqual(await lintIn(t, {Dockerfile: text}), {
		code: 1,
		out: `Dockerfile:2:6 warning image "node:latest" is moved with every release [pin/latest-tag]
  2 | FROM node:$TAG AS build
    |      ~~~~~~~~~
  Dockerfile:1:5 "TAG" has its value from here
  1 | ARG TAG=latest
    |     ~~~~~~~~~~
  hint: write a version and its digest: node:VERSION@sha256:…

Dockerfile:2:19 info stage "build" is not needed by the last stage, the default target [graph/unreachable-stage]
  2 | FROM node:$TAG AS build
    |                   ~~~~~
  hint: build it with --target build or with "cachecast build", which builds every leaf, or delete it

Dockerfile:4:14 warning stage "biuld" is not defined, so it is pulled as an image [graph/undefined-stage]
  4 | \tCOPY --from=biuld /a /b
    | \t            ~~~~~
  Dockerfile:2:19 stage "build" is defined here
  2 | FROM node:$TAG AS build
    |                   ~~~~~
  hint: did you mean "build"?

3 findings in 1 file
`,
		err: '',
	});
});

const endsWith = test.macro(
	async (t, contents: Readonly<Record<string, string>>, files: readonly string[], code: number, lastLine: string) => {
		const outcome = await lintIn(t, contents, files);
		t.is(outcome.code, code);
		t.is(outcome.out.trimEnd().split('\n').at(-1), lastLine);
		// Pinned images are not asked about.
		t.regex(outcome.err, /^(?:not checked: .*\n)?$/);
	},
);

test('no findings, no files given', endsWith, {Dockerfile: clean}, [], 0, 'no findings in 1 file');
test('no findings in several', endsWith, {a: clean, 'x/b': clean}, ['a', 'x/b'], 0, 'no findings in 2 files');
test('one finding', endsWith, {a: 'FROM node:22'}, ['a'], 1, '1 finding in 1 file');
test('an info alone', endsWith, {a: `FROM scratch AS x\n${clean}`}, ['a'], 1, '1 finding in 1 file');
test('some files', endsWith, {a: clean, b: 'FROM a\nFROM b'}, ['a', 'b'], 1, '3 findings in 1 of 2 files');
test('all files', endsWith, {a: 'FROM a', b: 'FROM b'}, ['a', 'b'], 1, '2 findings in 2 files');
test('a syntax error', endsWith, {a: 'FROM node\nRUNN x\n'}, ['a'], 1, '1 finding in 1 file');
test('an empty file', endsWith, {a: ''}, ['a'], 1, '1 finding in 1 file');
test('a wrong # check=', endsWith, {a: `# check=skip\n${clean}`}, ['a'], 1, '1 finding in 1 file');
test('a byte order mark and CRLF', endsWith, {a: '\ufeffFROM node\r\n'}, ['a'], 1, '1 finding in 1 file');
test('waived', endsWith, {a: '# check=skip=pin/no-tag\nFROM node'}, ['a'], 0, 'no findings in 1 file');

test('a byte order mark moves no squiggle', async t => {
	const {out} = await lintIn(t, {a: '\ufeffFROM node\r\n'}, ['a']);
	t.true(out.startsWith('a:1:6 warning '), out);
	t.true(out.includes('  1 | FROM node\n    |      ~~~~\n'), out);
});

test('a syntax error is told with its place', async t => {
	const {out} = await lintIn(t, {a: `${clean}RUNN x\n`}, ['a']);
	t.regex(out, /^a:2:1 error .*"RUNN".*\[syntax\]\n {2}2 \| RUNN x\n {4}\| ~~~~\n/);
});

test('files that cannot be read are all told, and nothing else', async t => {
	const outcome = await lintIn(t, {a: 'FROM node', 'dir/x': ''}, ['a', 'none', 'dir']);
	t.deepEqual(outcome, {
		code: 2,
		out: '',
		err: `error no Dockerfile is in the folder "dir"
  hint: Dockerfiles are found by their names: Dockerfile, Dockerfile.NAME, NAME.Dockerfile, Containerfile; others must be named
error there is no Dockerfile at "none"
  hint: name the files to lint: cachecast lint FILES…
`,
	});
	t.is((await lintIn(t, {})).code, 2);
});

test('target, platform and build arguments', async t => {
	const text = `ARG V=3.22\nFROM alpine:$V AS a\nFROM scratch AS b\nCOPY --from=a / /\nFROM b AS c\n`;
	t.is((await lintIn(t, {Dockerfile: text})).code, 1);
	t.is((await lintIn(t, {Dockerfile: text}, [], {buildArg: [`V=3.22@${digest}`]})).code, 0);
	t.is((await lintIn(t, {Dockerfile: text}, [], {buildArg: ['V']}, {V: `3.22@${digest}`})).code, 0);
	const targeted = await lintIn(t, {Dockerfile: text}, [], {buildArg: ['V=1'], target: 'b'});
	t.regex(targeted.out, /stage "c" is not needed by the target "b"/);
	const unknown = await lintIn(t, {Dockerfile: text}, [], {buildArg: ['V=1'], target: 'cc'});
	t.regex(unknown.out, /target stage "cc" is not defined/);
	t.is(unknown.code, 1);
	const byPlatform = 'FROM acme/$TARGETARCH';
	const arm = await lintIn(t, {Dockerfile: byPlatform}, [], {platform: ['linux/arm64']});
	t.regex(arm.out, /image "acme\/arm64" has no tag/);
	const both = await lintIn(t, {Dockerfile: byPlatform}, [], {platform: ['linux/arm64,linux/amd64']});
	t.is(both.code, 1);
	t.regex(both.out, /image "acme\/arm64" has no tag/);
	t.regex(both.out, /image "acme\/amd64" has no tag/);
	const wrong = await lintIn(t, {Dockerfile: byPlatform}, [], {platform: ['what/is/this/then']});
	t.is(wrong.code, 2);
	t.regex(wrong.err, /"what\/is\/this\/then" is not a platform/);
});

test('findings as JSON, as the schema says', async t => {
	const text = 'ARG TAG=latest\nFROM node:$TAG\nRUN --mount=type=bnd true\nCOPY --from=a/b:1 / /\n';
	const {code, out, err} = await lintIn(t, {a: text, b: clean, c: 'FRM x'}, ['a', 'b', 'c'], {format: 'json'});
	t.is(code, 1);
	t.is(err, '');
	const json: unknown = JSON.parse(out);
	const schema: unknown = JSON.parse(await readFile(path.join(projectRoot, 'cli/schemas/lint.schema.json'), 'utf8'));
	t.deepEqual(schemaErrors(schema, json), []);
	t.like(json, {
		schemaVersion: 1,
		files: {
			0: {
				file: 'a',
				findings: {
					0: {
						rule: 'pin/latest-tag',
						severity: 'warning',
						message: 'image "node:latest" is moved with every release',
						line: 2,
						column: 6,
						endLine: 2,
						endColumn: 15,
						hint: 'write a version and its digest: node:VERSION@sha256:…',
						notes: {
							0: {message: '"TAG" has its value from here', line: 1, column: 5, endLine: 1, endColumn: 15},
						},
					},
					1: {rule: 'syntax', severity: 'error', line: 3, hint: 'did you mean "bind"?', notes: []},
					2: {rule: 'pin/no-digest', severity: 'info', line: 4, column: 13, notes: []},
				},
			},
			1: {file: 'b', findings: []},
			2: {file: 'c', findings: {0: {rule: 'syntax', severity: 'error', line: 1}}},
		},
		summary: {errors: 2, warnings: 1, infos: 1},
	});
	const nothing = await lintIn(t, {Dockerfile: clean}, [], {format: 'json'});
	t.is(nothing.code, 0);
	t.deepEqual(JSON.parse(nothing.out), {
		schemaVersion: 1,
		files: [
			{
				file: 'Dockerfile',
				findings: [],
				unchecked: [{image: clean.slice('FROM '.length, -1), reason: 'registries are asked with --online only'}],
			},
		],
		summary: {errors: 0, warnings: 0, infos: 0},
	});
});
