import {createHash, generateKeyPairSync} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';
import anyTest, {type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {type RunResult, run} from '../engine/processes.ts';
import {commandsOf} from '../helpers/ci-configuration.ts';
import {GithubCache} from '../helpers/github-cache.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {programFile, projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';
import {temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

const test = anyTest as TestFn<OwnEngine>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
});
test.after.always(t => leaveFileEngine(t.context));

// All commands of the workflow run as they stand; what its `uses:` do is GitHub's own and played here.
test.serial(
	'github: saved when something is new and only then; a new branch starts from the default branch',
	async t => {
		const engine = engineOf(t);
		if (engine === undefined) {
			return;
		}

		const bin = temporaryTree(t, {
			npm: {text: '#!/bin/sh\n', mode: 0o755},
			cachecast: {
				text: `#!/bin/sh\nexec "${process.execPath}" "${programFile}" "$@"\n`,
				mode: 0o755,
			},
		});
		const cache = new GithubCache(temporaryTree(t, {}));
		const workflow = (await runInProcess(['init', 'github'], projectRoot)).stdout;
		const commands = commandsOf('github', workflow).map(({text}) => text);
		const [install = '', computeKey = '', build = ''] = commands;
		t.is(commands.length, 3);
		const job = async (branch: string, source: string, builds = true) => {
			await wipe(engine);
			const dir = temporaryTree(t, {
				'.git/HEAD': '',
				Dockerfile: `FROM ${t.context.base} AS deps\nCOPY deps.txt /\nRUN cat deps.txt > /made\nFROM deps AS check\nRUN echo checked\nFROM deps\nCOPY source.txt /\nRUN cat source.txt\n`,
				'deps.txt': 'deps\n',
				'source.txt': source,
			});
			const output = path.join(dir, '.git/output');
			const env = {
				...engine.env,
				PATH: `${bin}:${engine.env['PATH']}`,
				GITHUB_OUTPUT: output,
				CACHECAST_CACHE_DIR: `${dir}/.git/store`,
			};
			const step = async (text: string): Promise<RunResult> => {
				const result = await run('bash', ['-e', '-c', text], {cwd: dir, env});
				t.is(result.exitCode, 0, result.stderr);
				return result;
			};
			await step(install);
			await step(computeKey);
			const [, key = '', restoreKeys = ''] =
				/^key=(.*)\nrestore-keys<<CACHECAST\n([\s\S]*)\nCACHECAST\n$/.exec(await readFile(output, 'utf8')) ?? [];
			const restored = await cache.restore(branch, path.join(dir, '.cachecast/cache'), key, restoreKeys.split('\n'));
			if (!builds) {
				return {key, restored, misses: 0};
			}

			const {stderr, stdout} = await step(build);
			t.regex(stdout, /forecast (\d+)\/\1 right/);
			if (restored?.isExact !== true) {
				await cache.save(branch, path.join(dir, '.cachecast/cache'), key);
			}

			const misses = [...stderr.matchAll(/^Plan: \d+ hit, (\d+) miss, 0 unknown/gm)].map(([, count]) => Number(count));
			return {key, restored, misses: misses.reduce((sum, count) => sum + count, 0)};
		};

		const first = await job('main', 'one\n');
		t.is(first.restored, undefined);
		t.true(first.misses > 0);
		const unchanged = await job('feature', 'one\n', false);
		t.deepEqual(unchanged, {key: first.key, restored: {key: first.key, isExact: true}, misses: 0});
		const changed = await job('feature', 'two\n');
		t.deepEqual(changed.restored, {key: first.key, isExact: false});
		t.is(changed.misses, 2);
		t.deepEqual(cache.keys, [first.key, changed.key]);
	},
);

const token = 'tok-5f"2a\\9c';
const variable = 'var-81d7e0';
const {privateKey} = generateKeyPairSync('rsa', {
	modulusLength: 2048,
	privateKeyEncoding: {type: 'pkcs1', format: 'pem'},
	publicKeyEncoding: {type: 'spki', format: 'pem'},
});

test.serial('values of secrets reach the steps and are in nothing that is written', async t => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const {base} = t.context;
	const dir = temporaryTree(t, {'secrets/token': `${token}\n`, 'secrets/key': {text: privateKey, mode: 0o600}});
	const mounts =
		'--mount=type=secret,id=token --mount=type=secret,id=variable --mount=type=secret,id=key --mount=type=ssh';
	const sum = createHash('sha256').update(`${token}\n`).digest('hex');
	const use = `RUN ${mounts} sha256sum /run/secrets/token | grep -q ${sum} && test -S "$SSH_AUTH_SOCK" && cat /run/secrets/*`;
	writeTree(dir, {
		'work/Dockerfile': `FROM ${base}\n${use}\n`,
		'work/fails/Dockerfile': `FROM ${base}\nRUN ${mounts} cat /run/secrets/* >&2; exit 3\n`,
		'tmp/.keep': '',
	});
	await mkdir(path.join(dir, 'store'));
	const flags = [
		'--secret=id=token,src=../secrets/token',
		'--secret=type=env,id=variable,env=VARIABLE',
		'--secret=id=key,src=../secrets/key',
		'--ssh=default=../secrets/key',
	];
	const env = {
		...engine.env,
		VARIABLE: variable,
		TMPDIR: path.join(dir, 'tmp'),
		CACHECAST_CACHE_DIR: path.join(dir, 'store'),
	};
	const build = (...args: readonly string[]) =>
		runCli(['build', ...args, ...flags], {cwd: path.join(dir, 'work'), env});
	const results = [
		await build('.'),
		await build('fails', '--format=json'),
		await build('.', '--no-cache', '--secret=id=none,src=nowhere'),
	];
	t.deepEqual(
		results.map(({exitCode}) => exitCode),
		[0, 1, 2],
		results.map(({stderr}) => stderr).join('\n'),
	);
	t.regex(results[1]?.stderr ?? '', /│ \*\*\*$/m, 'what the step printed is shown, masked');
	t.regex(results[2]?.stderr ?? '', /the secret "none" cannot be read from "nowhere": ENOENT/);
	const written = [...results.flatMap(({stdout, stderr}) => [stdout, stderr]), ...textsIn(dir, 'secrets')];
	t.true(written.length > results.length * 2 + 5, 'there are files to search');
	const lines = privateKey.split('\n').filter(line => line.length > 20);
	for (const value of [token, JSON.stringify(token).slice(1, -1), variable, ...lines]) {
		t.deepEqual(
			written.filter(text => text.includes(value)),
			[],
		);
	}
});

// The texts of all files below a folder, layers unpacked.
function textsIn(dir: string, except: string): readonly string[] {
	return readdirSync(dir, {withFileTypes: true}).flatMap(entry => {
		const file = path.join(dir, entry.name);
		if (entry.name === except) {
			return [];
		}

		const bytes = entry.isFile() ? readFileSync(file) : undefined;
		return bytes === undefined
			? entry.isDirectory()
				? textsIn(file, except)
				: []
			: [(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1')];
	});
}
