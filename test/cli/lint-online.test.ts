import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {folderOf} from '../helpers/lint-folder.ts';
import {projectRoot} from '../helpers/project.ts';
import {type PushedBlob, pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';

let registry: TestRegistry;
/** What the tag 22 was, and is: an index of amd64 and arm64; one of its images; the tag arm, an index of arm64 alone. */
let older: PushedBlob;
let newer: PushedBlob;
let single: PushedBlob;

async function pushOne(architecture: string, created: string): Promise<PushedBlob> {
	const repository = {host: registry.host, path: 'node'};
	const platform = {os: 'linux', architecture};
	const rootfs = {type: 'layers', diff_ids: []};
	const config = await pushBlob(repository, types.ociConfig, {...platform, created, rootfs});
	return {...(await pushManifest(repository, types.ociManifest, {config, layers: []})), platform};
}

async function pushIndex(images: readonly PushedBlob[], tag?: string): Promise<PushedBlob> {
	const attestation = {...(images[0] as PushedBlob), platform: {os: 'unknown', architecture: 'unknown'}};
	return pushManifest({host: registry.host, path: 'node'}, types.ociIndex, {manifests: [...images, attestation]}, tag);
}

test.before(async () => {
	registry = await startRegistry();
	older = await pushIndex([await pushOne('amd64', '2026-01-01T00:00:00Z')]);
	single = await pushOne('amd64', '2026-02-01T00:00:00Z');
	const arm = await pushOne('arm64', '2026-02-01T00:00:00Z');
	newer = await pushIndex([single, arm], '22');
	await pushIndex([arm], 'arm');
});

test.after.always(() => registry.stop());

const gone = sha256('gone');

/** NODE is the repository; @OLD, @NEW, @ONE and @GONE are digests. */
function filled(text: string): string {
	return text
		.replaceAll('NODE', `${registry.host}/node`)
		.replaceAll('@OLD', `@${older.digest}`)
		.replaceAll('@NEW', `@${newer.digest}`)
		.replaceAll('@ONE', `@${single.digest}`)
		.replaceAll('@GONE', `@${gone}`);
}

interface Finding {
	readonly line: number;
	readonly rule: string;
	readonly message: string;
}

async function lint(t: ExecutionContext, text: string, flags: readonly string[]) {
	const cwd = folderOf(t, {Dockerfile: filled(text)});
	const online = ['not-served', 'outdated-digest', 'platform-missing', 'single-platform-digest'];
	const rules = ['*=off', ...online.map(rule => `pin/${rule}=warning`)].flatMap(rule => ['--rule', rule]);
	const {stdout, exitCode} = await runInProcess(['lint', ...rules, '--format', 'json', ...flags], cwd);
	const json = JSON.parse(stdout) as {files: {findings: Finding[]; unchecked: {reason: string}[]}[]};
	t.deepEqual(
		schemaErrors(JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/lint.schema.json'), 'utf8')), json),
		[],
	);
	const [{findings, unchecked} = {findings: [], unchecked: []}] = json.files;
	t.is(exitCode, findings.length === 0 ? 0 : 1);
	return {findings, reasons: unchecked.map(({reason}) => reason)};
}

const finds = test.macro(
	async (t, text: string, expected: readonly string[], flags: readonly string[] = ['--platform', 'linux/amd64']) => {
		const {findings, reasons} = await lint(t, text, ['--online', ...flags]);
		t.deepEqual(
			findings.map(({line, rule, message}) => `${line} ${rule} ${message}`),
			expected.map(filled),
		);
		t.deepEqual(reasons, []);
	},
);

test('what is pinned to what its tag is', finds, 'FROM NODE:22@NEW\n', []);
test('a tag, a digest alone', finds, 'FROM NODE:22 AS a\nFROM NODE@OLD\n', []);
test('a stage that looks like an image', finds, 'FROM scratch AS builder\nFROM builder\nCOPY --from=biulder / /\n', []);
test('a pin behind its tag', finds, 'FROM NODE:22@OLD\n', [
	'1 pin/outdated-digest "NODE:22" is another image by now, 31 days newer than the pin',
]);
test(
	'a pin behind its tag, in other places',
	finds,
	'# syntax=NODE:22@OLD\nARG V=22@OLD\nFROM NODE:$V\nCOPY --from=NODE:22@OLD / /\n',
	[
		'1 pin/outdated-digest "NODE:22" is another image by now, 31 days newer than the pin',
		'3 pin/outdated-digest "NODE:22" is another image by now, 31 days newer than the pin',
		'4 pin/outdated-digest "NODE:22" is another image by now, 31 days newer than the pin',
	],
);
test('an image that its tag still lists', finds, 'FROM NODE:22@ONE\n', []);
test('a digest that is gone', finds, 'FROM NODE:22@GONE\n', [
	'1 pin/not-served image "NODE:22@GONE" is not in its registry',
]);
test('a tag that is gone', finds, 'FROM NODE:23\n', ['1 pin/not-served image "NODE:23" is not in its registry']);
test('a platform that is missing', finds, 'FROM NODE:arm\n', [
	'1 pin/platform-missing image "NODE:arm" has nothing for linux/amd64',
]);
test('the platform of FROM counts', finds, 'FROM --platform=linux/arm64 NODE:arm\n', []);
test(
	'the image of another platform',
	finds,
	'FROM NODE:22@ONE\n',
	['1 pin/platform-missing image "NODE:22@ONE" has nothing for linux/arm64'],
	['--platform', 'linux/arm64'],
);
test(
	'the image of one platform for two',
	finds,
	'FROM NODE:22@ONE\n',
	['1 pin/single-platform-digest "NODE:22@ONE" is the image of one platform, and 2 are built'],
	['--platform', 'linux/amd64,linux/arm64'],
);
test('an index for two', finds, 'FROM NODE:22@NEW\n', [], ['--platform', 'linux/amd64,linux/arm64']);
test(
	'one image for a stage that runs on one platform',
	finds,
	'FROM --platform=linux/amd64 NODE:22@ONE\n',
	[],
	['--platform', 'linux/amd64,linux/arm64'],
);
test(
	'a platform that is missing for one of two',
	finds,
	'FROM NODE:arm\n',
	['1 pin/platform-missing image "NODE:arm" has nothing for linux/amd64'],
	['--platform', 'linux/amd64,linux/arm64'],
);

test('what could not be checked', async t => {
	const text = 'FROM 127.0.0.1:1/a:1@GONE\n';
	const asked = await lint(t, text, ['--online']);
	t.deepEqual(asked.findings, []);
	t.is(asked.reasons.length, 1);
	t.regex(asked.reasons[0] ?? '', /127\.0\.0\.1:1/);
	t.deepEqual((await lint(t, text, [])).reasons, ['registries are asked with --online only']);
	const cwd = folderOf(t, {Dockerfile: filled(text)});
	const offline = await runInProcess(['lint'], cwd);
	t.is(offline.stderr, 'not checked: whether 1 pinned image is still served and up to date (--online)\n');
	const online = await runInProcess(['lint', '--online'], cwd);
	t.regex(online.stderr, /^not checked Dockerfile: 127\.0\.0\.1:1\/a:1@\S+: .*\n$/);
	t.is((await runInProcess(['lint', '--online', '--offline'], cwd)).exitCode, 2);
});

test('--fix: the findings and a diff', async t => {
	const before = 'FROM NODE:22 AS a\n# cachecast ignore=pin/no-digest kept\nFROM NODE:arm\nCOPY --from=a / /\n';
	const cwd = folderOf(t, {Dockerfile: filled(before)});
	const dry = await runInProcess(['lint', '--fix'], cwd);
	t.is(dry.exitCode, 1);
	t.regex(dry.stdout, /^Dockerfile:1:6 info image/);
	t.true(
		dry.stdout.endsWith(
			filled(
				'\n-FROM NODE:22 AS a\n+FROM NODE:22@NEW AS a\n # cachecast ignore=pin/no-digest kept\n FROM NODE:arm\n COPY --from=a / /\n',
			),
		),
		dry.stdout,
	);
	t.is(readFileSync(path.join(cwd, 'Dockerfile'), 'utf8'), filled(before));
	const written = await runInProcess(['lint', '--fix', '--write', '--format', 'compact'], cwd);
	t.deepEqual([written.exitCode, written.stdout], [0, '']);
	t.is(readFileSync(path.join(cwd, 'Dockerfile'), 'utf8'), filled(before.replace('NODE:22', 'NODE:22@NEW')));
});

test('--fix under a policy that asks for tags', async t => {
	const cwd = folderOf(t, {Dockerfile: filled('FROM NODE:22\n')});
	const {exitCode, stdout} = await runInProcess(['lint', '--fix', '--pin', 'tag'], cwd);
	t.deepEqual([exitCode, stdout], [0, 'no findings in 1 file\n']);
});

test('flags that do not go together', async t => {
	const cwd = folderOf(t, {Dockerfile: 'FROM scratch\n'});
	for (const flags of [['--write'], ['--fix', '--format', 'json']]) {
		t.is((await runInProcess(['lint', ...flags], cwd)).exitCode, 2);
	}
});
