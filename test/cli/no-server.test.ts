import {createServer} from 'node:net';
import test from 'ava';
import {runCli} from '../helpers/run-cli.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const files = {Dockerfile: 'FROM scratch\nCOPY app.txt /\n', 'app.txt': 'app\n'};

// A port of the loopback interface on which nobody listens.
async function deadPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	await new Promise(resolve => {
		server.close(resolve);
	});
	return typeof address === 'object' && address !== null ? address.port : 0;
}

test('what a registry that is down would hold is unknown, said aloud, and no error', async t => {
	const dir = temporaryTree(t, files);
	const ref = `127.0.0.1:${await deadPort()}/app:cache`;
	const text = await runCli(['plan', '.', `--cache-from=type=registry,ref=${ref}`], {cwd: dir});
	t.is(text.exitCode, 0, text.stderr);
	t.regex(
		text.stdout,
		/cache {2}type=registry,ref=127\.0\.0\.1:\d+\/app:cache \(registry "127\.0\.0\.1:\d+" cannot be (?:used|reached)/,
	);
	t.regex(text.stdout, /Plan: 0 hit, 0 miss, 1 unknown\./);
	t.regex(text.stdout, /because: decided by what type=registry,ref=\S+ holds: registry/);
	const json = await runCli(['plan', '.', '--format=json', `--cache-from=type=registry,ref=${ref}`], {cwd: dir});
	const plan = JSON.parse(json.stdout) as {readonly caches: readonly {readonly state: string}[]};
	t.deepEqual(
		plan.caches.map(cache => cache.state),
		['unreadable'],
	);
});

test('a cache that only a builder can read makes no step a miss, and its secrets are not shown', async t => {
	const dir = temporaryTree(t, files);
	const flag = '--cache-from=type=s3,region=r,bucket=b,secret_access_key=s3cret';
	for (const format of ['text', 'json']) {
		const result = await runCli(['plan', '.', flag, `--format=${format}`], {cwd: dir});
		t.is(result.exitCode, 0, result.stderr);
		t.false(result.stdout.includes('s3cret'));
		t.regex(result.stdout, /cache of type \\?"s3\\?" cannot be read from here, only by the builder/);
		t.regex(result.stdout, format === 'text' ? /0 hit, 0 miss, 1 unknown/ : /"kind": "unread"/);
	}
});

test('a build without an engine says what was tried and how to get one', async t => {
	const dir = temporaryTree(t, files);
	const env = {DOCKER_HOST: `unix://${dir}/no.sock`, DOCKER_CONTEXT: '', DOCKER_CONFIG: dir};
	const result = await runCli(['build', '.'], {cwd: dir, env});
	t.is(result.exitCode, 1);
	t.regex(result.stderr, /no Docker engine can be reached; tried: /);
	t.regex(result.stderr, /DOCKER_HOST=unix:\/\/.*no\.sock/);
	t.regex(result.stderr, /hint: start Docker, or point DOCKER_HOST or a docker context at one/);
	t.is(result.stdout, '');
});

test('a file that is not there is told also where the base image is not known', async t => {
	const dir = temporaryTree(t, {Dockerfile: 'FROM example.invalid/base\nCOPY missing.txt /\n'});
	const result = await runCli(['plan', '.', '--offline'], {cwd: dir});
	t.is(result.exitCode, 1);
	t.regex(result.stderr, /Dockerfile:2:6 error "missing\.txt" is not in the build context/);
});
