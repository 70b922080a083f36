import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {folderOf} from '../helpers/lint-folder.ts';
import {projectRoot} from '../helpers/project.ts';
import {type PushedBlob, pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';

let registry: TestRegistry;
/** What the tag 22 was, and is; the tag latest. */
let older: PushedBlob;
let newer: PushedBlob;
let latest: PushedBlob;

async function pushDated(created: string | undefined, tag?: string): Promise<PushedBlob> {
	const repository = {host: registry.host, path: 'node'};
	const platform = {os: 'linux', architecture: 'amd64'};
	const config = await pushBlob(repository, types.ociConfig, {
		...platform,
		...(created !== undefined && {created}),
		rootfs: {type: 'layers', diff_ids: []},
	});
	const image = await pushManifest(repository, types.ociManifest, {config, layers: []});
	return pushManifest(repository, types.ociIndex, {manifests: [{...image, platform}]}, tag);
}

test.before(async () => {
	registry = await startRegistry();
	older = await pushDated('2026-01-01T00:00:00Z');
	newer = await pushDated('2026-01-31T12:00:00Z', '22');
	latest = await pushDated('1970-01-01T00:00:00Z', 'latest');
});

test.after.always(() => registry.stop());

/** NODE is the repository, @OLD, @NEW and @LATEST are its digests, @GONE one that is nowhere. */
function filled(text: string): string {
	return text
		.replaceAll('NODE', `${registry.host}/node`)
		.replaceAll('@OLD', `@${older.digest}`)
		.replaceAll('@NEW', `@${newer.digest}`)
		.replaceAll('@LATEST', `@${latest.digest}`);
}

async function run(
	t: ExecutionContext,
	command: string,
	files: Readonly<Record<string, string>>,
	args: readonly string[],
) {
	const cwd = folderOf(t, Object.fromEntries(Object.entries(files).map(([name, text]) => [name, filled(text)])));
	const result = await runInProcess([command, ...args], cwd);
	const read = (name: string) => readFileSync(path.join(cwd, name), 'utf8');
	return {...result, read};
}

const writes = test.macro(
	async (t, before: string, after: string, flags: readonly string[] = [], said: readonly RegExp[] = []) => {
		const {read, exitCode, stderr} = await run(t, 'pin', {Dockerfile: before}, ['--write', ...flags]);
		t.is(read('Dockerfile'), filled(after));
		t.is(exitCode, said.length === 0 ? 0 : 1);
		t.is(stderr.split('\n').length - 1, said.length, stderr);
		for (const [index, line] of said.entries()) {
			t.regex(stderr.split('\n')[index] ?? '', line);
		}
	},
);

test('FROM', writes, 'FROM NODE:22 AS x\n', 'FROM NODE:22@NEW AS x\n');
test('without a tag', writes, 'FROM NODE\n', 'FROM NODE:latest@LATEST\n');
test(
	'quoted, with a platform',
	writes,
	'FROM --platform=linux/amd64 "NODE:22"',
	'FROM --platform=linux/amd64 "NODE:22@NEW"',
);
test(
	'every place of an image',
	writes,
	'# syntax=NODE:22 a remark\nFROM scratch\nCOPY --from=NODE:22 /a /\nRUN --mount=type=bind,from=NODE:22,target=/x \\\n  --mount=target=/y,from=NODE true\n',
	'# syntax=NODE:22@NEW a remark\nFROM scratch\nCOPY --from=NODE:22@NEW /a /\nRUN --mount=type=bind,from=NODE:22@NEW,target=/x \\\n  --mount=target=/y,from=NODE:latest@LATEST true\n',
);
test(
	'bytes around it stay',
	writes,
	'\ufeff# é\r\nfrom\tNODE:22 \r\nrun  x\r\n',
	'\ufeff# é\r\nfrom\tNODE:22@NEW \r\nrun  x\r\n',
);
test(
	'a stage, scratch and a pin stay',
	writes,
	'FROM NODE:22@OLD AS a\nFROM a\nFROM scratch\n',
	'FROM NODE:22@OLD AS a\nFROM a\nFROM scratch\n',
);
test('a default', writes, 'ARG BASE=NODE:22\nFROM $BASE\n', 'ARG BASE=NODE:22@NEW\nFROM $BASE\n');
test(
	'a tag in a default, for two stages',
	writes,
	'# V is the version\nARG V="22"\nFROM NODE:${V} AS a\nFROM NODE:${V}\n',
	`# V is the version\nARG V="22@NEW"\nFROM NODE:\${V} AS a\nFROM NODE:\${V}\n`,
);
test(
	'a default that is used for something else too',
	writes,
	'ARG V=22\nFROM NODE:$V\nARG V\nRUN echo $V\n',
	'ARG V=22\nFROM NODE:$V\nARG V\nRUN echo $V\n',
	[],
	[/^not pinned Dockerfile:2:6 .*:22: "V" is used for something else too$/],
);
test(
	'a default of another default',
	writes,
	'ARG V=22\nARG B=NODE:$V\nFROM $B\n',
	'ARG V=22\nARG B=NODE:$V\nFROM $B\n',
	[],
	[/"B" is not written in one place/],
);
test(
	'a modifier',
	writes,
	'FROM NODE:${V:-22}\n',
	'FROM NODE:${V:-22}\n',
	[],
	[/does not end in plain text or one variable/],
);
test(
	'a build argument',
	writes,
	'ARG V=1\nFROM NODE:$V\n',
	'ARG V=1\nFROM NODE:$V\n',
	['--build-arg', 'V=22'],
	[/"V" is given by --build-arg/],
);
test(
	'one that is not there, the others are pinned',
	writes,
	'FROM NODE:23 AS a\nFROM NODE:22\n',
	'FROM NODE:23 AS a\nFROM NODE:22@NEW\n',
	[],
	[/^not pinned Dockerfile:1:6 .*:23: its registry has no such image$/],
);
test('offline', writes, 'FROM NODE:22\n', 'FROM NODE:22\n', ['--offline'], [/^not pinned .*offline/]);

test('moved forward', writes, 'FROM NODE:22@OLD\n', 'FROM NODE:22@NEW\n', ['--update']);
test('moved forward in a default', writes, 'ARG D=22@OLD\nFROM NODE:$D\n', 'ARG D=22@NEW\nFROM NODE:$D\n', [
	'--update',
]);
test('a digest alone has nothing to follow', writes, 'FROM NODE@OLD\n', 'FROM NODE@OLD\n', ['--update']);
test('what is up to date', writes, 'FROM NODE:22@NEW\n', 'FROM NODE:22@NEW\n', ['--update']);

test('the diff, and what changes', async t => {
	const before = 'FROM NODE:22@OLD AS a\nWORKDIR /\n\n\n\nCOPY --from=NODE:22 / /\n';
	const {exitCode, stdout, stderr, read} = await run(
		t,
		'pin',
		{'a/Dockerfile': before, 'b/Dockerfile': 'FROM NODE\n'},
		['.', '--update'],
	);
	t.is(exitCode, 1);
	t.is(read('a/Dockerfile'), filled(before));
	t.is(
		stdout,
		filled(`--- a/a/Dockerfile
+++ b/a/Dockerfile
@@ -1,6 +1,6 @@
-FROM NODE:22@OLD AS a
+FROM NODE:22@NEW AS a
 WORKDIR /
 
 
 
-COPY --from=NODE:22 / /
+COPY --from=NODE:22@NEW / /
--- a/b/Dockerfile
+++ b/b/Dockerfile
@@ -1,1 +1,1 @@
-FROM NODE
+FROM NODE:latest@LATEST
`),
	);
	const short = ({digest}: PushedBlob) => digest.slice(0, 19);
	t.deepEqual(stderr.trimEnd().split('\n'), [
		`a/Dockerfile:1:6 ${registry.host}/node:22 ${short(older)} → ${short(newer)}, 31 days newer`,
		`a/Dockerfile:6:13 ${registry.host}/node:22 ${short(newer)}`,
		`b/Dockerfile:1:6 ${registry.host}/node:latest ${short(latest)}`,
	]);
	const none = await run(t, 'pin', {Dockerfile: 'FROM NODE:22@NEW\n'}, []);
	t.deepEqual([none.exitCode, none.stdout, none.stderr], [0, '', '']);
});

test('as data', async t => {
	const {stdout, exitCode} = await run(t, 'pin', {Dockerfile: 'FROM NODE:22@OLD AS a\nFROM NODE:x\n'}, [
		'--update',
		'--format',
		'json',
	]);
	t.is(exitCode, 1);
	const json: unknown = JSON.parse(stdout);
	t.deepEqual(
		schemaErrors(JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/pin.schema.json'), 'utf8')), json),
		[],
	);
	t.like(json, {
		written: false,
		files: {
			0: {changes: {0: {line: 1, from: older.digest, to: newer.digest, daysNewer: 31}}, failures: {0: {line: 2}}},
		},
	});
});

test('standard input cannot be written', async t => {
	const input = filled('FROM NODE:22\n');
	const {exitCode, stderr} = await runInProcess(['pin', '-', '--write'], folderOf(t, {}), {}, input);
	t.is(exitCode, 1);
	t.regex(stderr, /standard input cannot be written/);
	const diff = await runInProcess(['pin', '-'], folderOf(t, {}), {}, input);
	t.regex(diff.stdout, /^\+FROM .*@sha256/m);
});

test('a waiver keeps an image as it is', async t => {
	const waiver = JSON.stringify({lint: {pin: {waivers: [{image: `${registry.host}/node`, reason: 'ours'}]}}});
	const {exitCode, stdout} = await run(t, 'pin', {Dockerfile: 'FROM NODE:22\n', 'cachecast.config.json': waiver}, []);
	t.deepEqual([exitCode, stdout], [0, '']);
});
