import {execFileSync} from 'node:child_process';
import {chmodSync, chownSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {projectRoot} from '../helpers/project.ts';
import {pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {type TreeEntry, temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

const test = anyTest as TestFn<{registry: TestRegistry}>;

test.before(async t => {
	t.context.registry = await startRegistry();
});
test.after.always(t => t.context.registry?.stop());

const files: Readonly<Record<string, TreeEntry>> = {
	Dockerfile: `ARG VERSION=1
FROM scratch AS one
COPY one.txt /
RUN one
FROM scratch AS two
ARG VERSION
ENV MODE=fast
COPY two.txt /
RUN two $VERSION
FROM scratch AS checks
COPY checks /checks/
FROM two
COPY --from=one /one.txt /
CMD ["serve"]
`,
	'.dockerignore': 'notes.txt\n',
	'one.txt': 'one\n',
	'two.txt': 'two\n',
	'checks/a.txt': 'a\n',
	'notes.txt': 'ignored\n',
	'unread.txt': 'no step reads it\n',
};

interface KeyJson {
	readonly key: string;
	readonly fallbacks: readonly string[];
	readonly hash: string;
	readonly isCertain: boolean;
	readonly open: readonly string[];
}

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/key.schema.json'), 'utf8'));

async function keyIn(
	t: ExecutionContext,
	dir: string,
	args: readonly string[] = [],
	env: Readonly<Record<string, string>> = {},
): Promise<KeyJson> {
	const result = await runInProcess(['key', '.', '--engine=none', '--format=json', ...args], dir, env);
	t.is(result.exitCode, 0, result.stderr);
	const json = JSON.parse(result.stdout) as KeyJson;
	t.deepEqual(schemaErrors(schema, json), []);
	return json;
}

function edit(from: string | RegExp, to: string): Readonly<Record<string, TreeEntry>> {
	const text = String(files['Dockerfile']);
	const Dockerfile = text.replace(from, to);
	if (Dockerfile === text) {
		throw new Error(`nothing to edit: ${String(from)}`);
	}

	return {Dockerfile};
}

interface Change {
	readonly write?: Readonly<Record<string, TreeEntry>>;
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

const compared = test.macro({
	async exec(t, _: string, change: Change, expected: 'same' | 'other') {
		const base = ['--offline'];
		const before = await keyIn(t, temporaryTree(t, files), base);
		const dir = temporaryTree(t, files);
		writeTree(dir, change.write ?? {});
		const after = await keyIn(t, dir, [...base, ...(change.args ?? [])], change.env);
		t.true(before.isCertain && after.isCertain);
		t.is(after.key === before.key, expected === 'same', `${before.key}\n${after.key}`);
	},
	title: (_, what, __, expected) => `${expected} key: ${what}`,
});

test(compared, 'nothing', {}, 'same');
test(compared, 'a comment', {write: edit('FROM scratch AS one', '# new\nFROM scratch AS one')}, 'same');
test(compared, 'what only the image has', {write: edit('CMD ["serve"]', 'LABEL a=b\nCMD ["run"]')}, 'same');
test(compared, 'the name of a stage that others use', {write: edit(/(AS |--from=)one\b/g, '$1first')}, 'same');
test(compared, 'an ignored file', {write: {'notes.txt': 'other\n'}}, 'same');
test(compared, 'a file that no step reads', {write: {'unread.txt': 'other\n'}}, 'same');
test(compared, 'another target, as every stage is kept', {args: ['--target=one']}, 'same');
test(compared, 'an argument that is the default', {args: ['--build-arg=VERSION=1']}, 'same');
test(compared, 'an argument that nothing uses', {args: ['--build-arg=OTHER=1']}, 'same');
test(compared, 'a BuildKit of the same dialect', {args: ['--buildkit=v0.31.0']}, 'same');
test(compared, 'a file that is read', {write: {'one.txt': 'new\n'}}, 'other');
test(compared, 'its mode', {write: {'one.txt': {text: 'one\n', mode: 0o755}}}, 'other');
test(compared, 'a mode by another umask', {write: {'one.txt': {text: 'one\n', mode: 0o664}}}, 'other');
test(compared, 'a file in a folder that is read', {write: {'checks/b.txt': 'b\n'}}, 'other');
test(compared, 'a command', {write: edit('RUN one', 'RUN  one more')}, 'other');
test(compared, 'a variable of a command', {write: edit('MODE=fast', 'MODE=slow')}, 'other');
test(compared, 'an argument', {args: ['--build-arg=VERSION=2']}, 'other');
test(compared, 'an argument from the environment', {args: ['--build-arg=VERSION'], env: {VERSION: '2'}}, 'other');
test(compared, 'the stage that is copied from', {write: edit('--from=one /one.txt', '--from=two /one.txt')}, 'other');
test(compared, 'the stage that is built on', {write: edit('FROM two\n', 'FROM one\n')}, 'other');
test(compared, 'a stage that the target does not reach', {write: edit('/checks/', '/tests/')}, 'other');
test(compared, 'the name of a leaf, which names its cache', {write: edit('AS checks', 'AS tests')}, 'other');
test(compared, 'a new leaf', {write: edit(/^/, 'FROM scratch AS more\nCOPY one.txt /more\n')}, 'other');
test(compared, 'the platform', {args: ['--platform=linux/arm64']}, 'other');
test(compared, 'the dialect', {args: ['--buildkit=v0.12.5']}, 'other');
test(compared, 'the network of commands', {args: ['--network=none']}, 'other');
test(compared, 'another checksum', {write: edit(/$/, added('b'))}, 'other');

function added(digit: string): string {
	return `ADD --checksum=sha256:${digit.repeat(64)} https://example.invalid/a /\n`;
}

test('the folder of the cache and what lies beside it are no part of the context', async t => {
	const Dockerfile = 'FROM scratch\nCOPY . /\n';
	const dir = temporaryTree(t, {Dockerfile, 'a.txt': 'a\n'});
	const before = await keyIn(t, dir, ['--offline']);
	writeTree(dir, {'.cachecast/key': 'x\n', '.cachecast/cache/index.json': '{}'});
	t.is((await keyIn(t, dir, ['--offline'])).key, before.key);
	writeTree(dir, {'b.txt': 'b\n'});
	t.not((await keyIn(t, dir, ['--offline'])).key, before.key);
});

const uncertain = test.macro({
	async exec(t, _: string, lines: string, reason: RegExp, args: readonly string[] = []) {
		const dir = temporaryTree(t, {...files, Dockerfile: lines});
		const first = await keyIn(t, dir, ['--offline', ...args]);
		const second = await keyIn(t, dir, ['--offline', ...args]);
		t.false(first.isCertain);
		t.not(first.key, second.key);
		t.is(first.hash, second.hash);
		t.true(second.key.startsWith(first.fallbacks[0] ?? '-'), 'the first fallback finds what is alike');
		t.is(first.open.length, 1);
		t.regex(first.open[0] ?? '', reason);
		writeTree(dir, {'one.txt': 'new\n'});
		t.not((await keyIn(t, dir, ['--offline', ...args])).hash, first.hash);
		const plain = await runInProcess(['key', '.', '--engine=none', '--offline', ...args], dir);
		t.regex(plain.stderr, /^note the key is a new one each time, as something new cannot be ruled out: /m);
		t.regex(plain.stderr, reason);
	},
	title: (_, what) => `a new key each time: ${what}`,
});

const copy = 'COPY one.txt /\n';
test(uncertain, 'a tag that is not looked up', `FROM base:1\n${copy}`, /base:1 is not known: no registry is asked/);
test(uncertain, 'a URL', `FROM scratch\n${copy}ADD https://example.invalid/a /\n`, /example\.invalid\/a holds/);
test(
	uncertain,
	'a branch of a repository',
	`FROM scratch\n${copy}ADD https://example.invalid/a.git#main /\n`,
	/example\.invalid\/a\.git/,
);
test(
	uncertain,
	'a frontend whose tag moves',
	`# syntax=docker/dockerfile:1\nFROM scratch\n${copy}`,
	/docker\/dockerfile:1 may be/,
);
test(uncertain, 'another frontend', `# syntax=example/frontend:2\nFROM scratch\n${copy}`, /example\/frontend:2 makes/);
test(
	uncertain,
	'a folder that holds the cache',
	`FROM scratch\n${copy}COPY --from=all . /\n`,
	/build-context all holds a cache/,
	['--build-context=all=.'],
);

test('a base image counts by its digest', async t => {
	const {host} = t.context.registry;
	const repository = {host, path: 'base'};
	const dir = temporaryTree(t, {Dockerfile: `FROM ${host}/base:1\nRUN one\n`});
	const push = async (label: string) => {
		const layer = await pushBlob(repository, types.ociLayer, 'layer');
		const config = await pushBlob(repository, types.ociConfig, {
			os: 'linux',
			architecture: 'amd64',
			config: {Labels: {label}},
			rootfs: {type: 'layers', diff_ids: [layer.digest]},
		});
		await pushManifest(repository, types.ociManifest, {config, layers: [layer]}, '1');
	};
	const key = () => keyIn(t, dir, ['--no-registry-cache', '--platform=linux/amd64']);
	await push('a');
	const first = await key();
	t.true(first.isCertain);
	t.is((await key()).key, first.key);
	await push('b');
	const second = await key();
	t.true(second.isCertain);
	t.not(second.key, first.key);
});

test('two clones in other folders, of another time and owner, have one key; another umask has not', async t => {
	const source = temporaryTree(t, files);
	const git = (cwd: string, ...args: readonly string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {cwd, stdio: 'pipe'});
	git(source, 'init', '-q');
	git(source, 'add', '-A');
	git(source, 'commit', '-q', '-m', 'all');
	const clone = (umask: string) => {
		const dir = temporaryTree(t, {});
		execFileSync('sh', ['-c', `umask ${umask} && git clone -q "$1" "$2/clone"`, 'sh', source, dir], {stdio: 'pipe'});
		return path.join(dir, 'clone');
	};
	const [one, two, loose] = [clone('022'), clone('022'), clone('002')];
	for (const name of ['one.txt', 'checks', 'checks/a.txt', 'Dockerfile']) {
		utimesSync(path.join(two, name), 1, 1);
		if (process.getuid?.() === 0) {
			chownSync(path.join(two, name), 1234, 1234);
		}
	}

	const {key} = await keyIn(t, one, ['--offline']);
	t.is((await keyIn(t, two, ['--offline'])).key, key);
	t.not((await keyIn(t, loose, ['--offline'])).key, key);
	// Seen from a folder above, too, as a path in the work tree names it.
	const above = await runInProcess(['key', 'clone', '--engine=none', '--offline'], path.dirname(two));
	t.is(above.stdout.split('\n')[0], key);
	writeFileSync(path.join(two, 'one.txt'), 'new\n');
	chmodSync(path.join(two, 'one.txt'), 0o644);
	t.not((await keyIn(t, two, ['--offline'])).key, key);
});

const formats = test.macro({
	async exec(t, format: string, expected: string) {
		const dir = temporaryTree(t, files);
		const args = ['--engine=none', '--offline', '--platform=linux/amd64', '--branch=feature', `--format=${format}`];
		const {hash} = await keyIn(t, dir, args.slice(1, 4));
		const result = await runInProcess(['key', '.', ...args], dir);
		t.is(result.stdout.replaceAll(hash, 'HASH').replaceAll('cachecast-v1-Dockerfile-linux_amd64-', 'P-'), expected);
	},
	title: (_, format) => `format ${format}`,
});

test(formats, 'plain', 'P-feature-HASH\nP-main-HASH\nP-feature-\nP-main-\nP-\n');
test(
	formats,
	'github',
	'key=P-feature-HASH\nrestore-keys<<CACHECAST\nP-main-HASH\nP-feature-\nP-main-\nP-\nCACHECAST\n',
);
test(formats, 'circleci', 'P-feature-HASH\n');
test(
	formats,
	'gitlab',
	'CACHECAST_KEY=P-feature-HASH\nCACHECAST_FALLBACK_1=P-main-HASH\nCACHECAST_FALLBACK_2=P-feature-\nCACHECAST_FALLBACK_3=P-main-\nCACHECAST_FALLBACK_4=P-\n',
);

const names = test.macro({
	async exec(t, args: readonly string[], name: string) {
		const dir = temporaryTree(t, {
			'.git/HEAD': '',
			'services/api/Dockerfile': 'FROM scratch\n',
			'b.Dockerfile': 'FROM scratch\n',
		});
		const result = await runInProcess(['key', '--engine=none', '--offline', '--format=json', ...args], dir);
		t.is((JSON.parse(result.stdout) as {readonly name: string}).name, name);
	},
	title: (_, args: readonly string[]) => `name: ${args.join(' ')}`,
});

test(names, ['services/api'], 'services/api/Dockerfile');
test(names, ['.', '-f', 'b.Dockerfile'], 'b.Dockerfile');
test(names, ['.', '-f', 'services/api/Dockerfile'], '@services/api/Dockerfile');
test(names, ['services/api', '--name=api'], 'api');

const mistakes = test.macro({
	async exec(t, _: string, args: readonly string[], exitCode: number, stderr: RegExp) {
		const dir = temporaryTree(t, {...files, 'bad.Dockerfile': 'FROM scratch\nCOPY nothing.txt /\n'});
		const result = await runInProcess(['key', '.', '--engine=none', '--offline', ...args], dir);
		t.is(result.exitCode, exitCode);
		t.regex(result.stderr, stderr);
		t.is(result.stdout, '');
	},
	title: (_, what) => `mistake: ${what}`,
});

test(mistakes, 'a target that is not there', ['--target=ones'], 1, /ones/);
test(mistakes, 'a file that is not there', ['-f', 'bad.Dockerfile'], 1, /"nothing\.txt" is not in the build context/);
test(mistakes, 'a Dockerfile that is not there', ['-f', 'none'], 2, /"none"/);
test(mistakes, 'a branch from a variable that is not set', ['--branch='], 2, /--branch is empty[\s\S]*not be set/);
test(mistakes, 'a format that is none', ['--format=yaml'], 2, /Allowed choices/);
test(mistakes, 'a cache, which no key depends on', ['--cache-from=a'], 2, /unknown option '--cache-from=a'/);

test('without a builder and its version, the note says so', async t => {
	const dir = temporaryTree(t, files);
	const without = await runInProcess(['key', '.', '--engine=none', '--offline'], dir);
	t.regex(without.stderr, /^note .*BuildKit 0\.29 and later.*--buildkit/m);
	const named = await runInProcess(['key', '.', '--buildkit=v0.25.1', '--offline'], dir);
	t.is(named.stderr, '');
});
