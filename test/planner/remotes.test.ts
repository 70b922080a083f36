import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {gzipSync} from 'node:zlib';
import anyTest, {type TestFn} from 'ava';
import {fetchedFileDigest, type GitVertex, type HttpVertex, type RemoteResult, sha256} from '../../analyzer/index.ts';
import {createReadRemote} from '../../planner/index.ts';
import {startServer, type TestServer} from '../helpers/http-server.ts';

const test = anyTest as TestFn<{server: TestServer; dir: string; commit: string}>;

const run = promisify(execFile);

test.before(async t => {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-remotes-'));
	const git = async (...args: readonly string[]) => (await run('git', args, {cwd: dir})).stdout.trim();
	await git('init', '--quiet', '--initial-branch=trunk', '.');
	const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
	await git(...who, 'commit', '--quiet', '--allow-empty', '--message=one');
	await git(...who, 'tag', '--annotate', 'v1', '--message=v1');
	await git('update-server-info');
	const server = await startServer(async (request, response) => {
		const {pathname} = new URL(request.url ?? '/', 'http://localhost');
		switch (pathname) {
			case '/a.txt': {
				response.writeHead(200, {'last-modified': 'Tue, 24 Nov 2026 14:08:29 GMT', etag: 'x'}).end('a\n');
				return;
			}

			case '/gzip': {
				response.writeHead(200, {'content-encoding': 'gzip'}).end(gzipSync('a\n'));
				return;
			}

			case '/x-gzip': {
				response.writeHead(200, {'content-encoding': 'x-gzip'}).end(gzipSync('a\n'));
				return;
			}

			case '/moved': {
				response.writeHead(302, {location: '/a.txt'}).end();
				return;
			}

			case '/private': {
				response.writeHead(request.headers.authorization === 'Basic dTpwOnE=' ? 200 : 401).end('a\n');
				return;
			}

			case '/private.git/info/refs': {
				response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
				return;
			}

			case '/huge': {
				response.writeHead(200, {'content-length': String(1024 ** 3)});
				for (let index = 0; index < 65 && !response.destroyed; index++) {
					await new Promise(resolve => response.write(Buffer.alloc(1024 * 1024), resolve));
				}

				return;
			}

			default: {
				try {
					response.end(await readFile(path.join(dir, '.git', pathname.replace('/repo.git/', ''))));
				} catch {
					response.writeHead(404).end();
				}
			}
		}
	});
	Object.assign(t.context, {server, dir, commit: await git('rev-parse', 'HEAD')});
});

test.after.always(async t => {
	await t.context.server.stop();
	await rm(t.context.dir, {recursive: true, force: true});
});

const read = createReadRemote({env: {PATH: process.env['PATH'] ?? ''}, timeoutMs: 10_000});

function http(url: string): HttpVertex {
	return {kind: 'http', url, fileName: 'f', written: url};
}

function git(remote: string, ref = ''): GitVertex {
	const absent = {checksum: '', subdir: '', keepGitDir: false, skipSubmodules: false, fetchByCommit: false};
	return {kind: 'git', remote, ref, written: remote, ...absent};
}

test('files', async t => {
	const {host} = t.context.server;
	const file: RemoteResult = {kind: 'file', digest: sha256('a\n'), content: fetchedFileDigest(Buffer.from('a\n'))};
	const dated: RemoteResult = {...file, lastModified: 'Tue, 24 Nov 2026 14:08:29 GMT'};
	const unresolved = (reason: string): RemoteResult => ({kind: 'unresolved', reason});
	const table: readonly (readonly [url: string, expected: RemoteResult])[] = [
		[`http://${host}/a.txt?b=c#d`, dated],
		[`http://${host}/moved`, dated],
		[`http://${host}/gzip`, file],
		[`http://${host}/x-gzip`, unresolved('it is sent in the encoding "x-gzip"')],
		[`http://u:p%3Aq@${host}/private`, file],
		[`http://${host}/private`, unresolved('it answers 401')],
		[`http://${host}/none`, unresolved('it answers 404')],
		[`http://${host}/huge`, unresolved('its answer is longer than 67108864 bytes')],
		['http://[', unresolved('it is no valid URL')],
	];
	for (const [url, expected] of table) {
		t.deepEqual(await read(http(url)), expected, url);
	}
});

test('references', async t => {
	const {server, commit} = t.context;
	const repo = `http://${server.host}/repo.git`;
	const trunk: RemoteResult = {kind: 'refs', ref: 'trunk', lines: [{id: commit, name: 'refs/heads/trunk'}]};
	t.deepEqual(await read(git(repo)), trunk);
	t.deepEqual(await read(git(repo, 'trunk')), trunk);
	t.deepEqual(await read(git(repo, 'none')), {kind: 'refs', ref: 'none', lines: []});
	const tag = await read(git(repo, 'v1'));
	t.deepEqual(tag.kind === 'refs' ? tag.lines.map(({name}) => name) : tag, ['refs/tags/v1', 'refs/tags/v1^{}']);
	t.is(tag.kind === 'refs' ? tag.lines[1]?.id : undefined, commit);
});

test('references that cannot be listed', async t => {
	const {host} = t.context.server;
	const reason = async (remote: string, ref?: string) => {
		const result = await read(git(remote, ref));
		return result.kind === 'unresolved' ? result.reason : result.kind;
	};
	t.is(await reason(`http://${host}/none.git`), 'there is no such repository');
	t.is(await reason(`http://user:secret@${host}/private.git`), 'it asks for a login that git does not have');
	t.is(await reason('http://127.0.0.1:1/r.git'), 'it refuses the connection');
	t.is(await reason(`http://${host}/repo.git`, '-x'), 'BuildKit takes no name that begins with "-"');
	t.is(await reason(`file://${t.context.dir}`), 'git cannot list its branches and tags');
	const withoutGit = await createReadRemote({env: {PATH: '/nowhere'}})(git(`http://${host}/repo.git`));
	t.deepEqual(withoutGit, {
		kind: 'unresolved',
		reason: 'the program git is needed to ask it, and cannot be started',
	});
});
