import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import anyTest, {type TestFn} from 'ava';
import {builderOf} from '../helpers/forecast-build.ts';
import {startServer, type TestServer} from '../helpers/http-server.ts';
import {leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';

// ADD of URLs and git repositories: forecast, built on an emptied engine and compared. A server of the test's own holds
// the files and, as plain files too, a repository.

interface Context extends OwnEngine {
	readonly dir: string;
	readonly server: TestServer;
}

const test = anyTest as TestFn<Context>;

const run = promisify(execFile);

test.before(async t => {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-remote-'));
	const server = await startServer(async (request, response) => {
		const {pathname} = new URL(request.url ?? '/', 'http://localhost');
		try {
			const file = path.join(dir, 'www', decodeURIComponent(pathname));
			const bytes = await readFile(file);
			response.writeHead(200, {'last-modified': await lastModified(`${file}.time`)}).end(bytes);
		} catch {
			response.writeHead(404).end();
		}
	});
	Object.assign(t.context, await startFileEngine({}), {dir, server});
	await mkdir(path.join(dir, 'www'));
	await writeFile(path.join(dir, 'www/a.txt'), 'a\n');
	await writeFile(path.join(dir, 'www/b c.txt'), 'b\n');
	await mkdir(path.join(dir, 'repo/sub'), {recursive: true});
	await writeFile(path.join(dir, 'repo/a.txt'), 'a\n');
	await writeFile(path.join(dir, 'repo/sub/s.txt'), 's\n');
	await git(dir, 'init', '--quiet', '--initial-branch=main', '.');
	await commit(dir, 'one');
	await git(dir, 'tag', 'light');
	await git(dir, 'tag', '--annotate', 'heavy', '--message=heavy');
	await publish(dir);
});

test.after.always(async t => {
	await leaveFileEngine(t.context);
	await t.context.server.stop();
	await rm(t.context.dir, {recursive: true, force: true});
});

async function lastModified(file: string): Promise<string> {
	return readFile(file, 'utf8').catch(() => 'Tue, 06 May 2025 10:00:00 GMT');
}

async function git(dir: string, ...args: readonly string[]): Promise<string> {
	const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
	const {stdout} = await run('git', [...who, ...args], {cwd: path.join(dir, 'repo')});
	return stdout.trim();
}

async function commit(dir: string, message: string): Promise<void> {
	await git(dir, 'add', '.');
	await git(dir, 'commit', '--quiet', `--message=${message}`);
}

// As a server without any program of git's offers it.
async function publish(dir: string): Promise<void> {
	await rm(path.join(dir, 'www/repo.git'), {recursive: true, force: true});
	await run('git', ['clone', '--quiet', '--bare', path.join(dir, 'repo'), path.join(dir, 'www/repo.git')]);
	await run('git', ['update-server-info'], {cwd: path.join(dir, 'www/repo.git')});
}

const online = {flags: ['--online']};
const hit = 'hit cached';
const miss = 'miss ran';

test.serial('a URL', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const {server, dir} = t.context;
	const url = `http://${server.host}/a.txt`;
	const plain = `ADD ${url} /a/\nADD --chmod=640 --chown=7:8 http://${server.host}/b%20c.txt?x=1 /b\nRUN cat /a/a.txt /b\n`;
	await build('cold', plain, {}, {2: miss, 3: miss, 4: miss});
	await build('not fetched', plain, {}, {2: 'unknown cached', 3: 'unknown cached', 4: 'unknown cached'});
	await build('fetched', plain, online, {2: hit, 3: hit, 4: hit});
	await writeFile(path.join(dir, 'www/a.txt.time'), 'Wed, 07 May 2025 10:00:00 GMT');
	await build('newer, but the same', plain, online, {2: hit, 3: hit, 4: hit});
	await writeFile(path.join(dir, 'www/a.txt'), 'A\n');
	await build('changed', plain, online, {2: miss, 3: miss, 4: miss});
});

test.serial('a URL with a checksum', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const {server, dir} = t.context;
	const pinned = (sum: string, flags = '') =>
		`ADD ${flags} --checksum=sha256:${sum} http://${server.host}/pinned.txt /\nRUN cat /pinned.txt\n`;
	const [one, two] = [
		'4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865',
		'53c234e5e8472b6ac51c1ae1cab3fe06fad053beb8ebfd8977b010655bfdd3c3',
	];
	await writeFile(path.join(dir, 'www/pinned.txt'), '1\n');
	await build('cold', pinned(one), {}, {2: miss, 3: miss});
	await build('warm', pinned(one), {}, {2: hit, 3: hit});
	await writeFile(path.join(dir, 'www/pinned.txt'), '2\n');
	await build('another file', pinned(two), {}, {2: 'unknown ran', 3: 'unknown ran'});
	await writeFile(path.join(dir, 'www/pinned.txt'), '1\n');
	await build('no longer there, nor asked for', pinned(two), {}, {2: hit, 3: hit});
	await build('as a layer of its own', pinned(one, '--link'), online, {2: miss, 3: miss});
});

test.serial('a git repository', async t => {
	const build = builderOf(t);
	if (build === undefined) {
		return;
	}

	const {server, dir} = t.context;
	const url = `http://${server.host}/repo.git`;
	const first = await git(dir, 'rev-parse', 'HEAD');
	const pinned = `ADD ${url}#${first}:sub /sub/\nADD --keep-git-dir=true --link ${url}#${first} /kept/\nRUN ls /sub\n`;
	await build('cold', pinned, {}, {2: miss, 3: miss, 4: miss});
	await build('pinned', pinned, {}, {2: hit, 3: hit, 4: hit});
	const named = `ADD ${url} /default/\nADD ${url}#main:sub /branch/\nADD --keep-git-dir=true ${url}#heavy /kept/\nADD ${url}#light /light/\nADD ${url}#heavy /heavy/\n`;
	await build('cold, by name', named, online, {2: miss, 3: miss, 4: miss, 5: miss, 6: miss});
	await build('by name', named, online, {2: hit, 3: hit, 4: hit, 5: hit, 6: hit});
	await writeFile(path.join(dir, 'repo/sub/s.txt'), 'changed\n');
	await commit(dir, 'two');
	await publish(dir);
	const unknown = 'unknown ran';
	await build('a moved branch', named, online, {2: unknown, 3: unknown, 4: unknown, 5: unknown, 6: unknown});
});
