import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';

/** A real registry (CNCF distribution) on the loopback interface; `host` is `127.0.0.1:<port>`. */
export interface TestRegistry {
	readonly host: string;
	stop(): Promise<void>;
}

const program = 'docker-registry';
const startTimeoutMs = 20_000;

/**
 * Starts an empty registry on a free port. Installs Debian's package first when the program is missing and we are root
 * there; throws where that cannot be done.
 */
export async function startRegistry(): Promise<TestRegistry> {
	const command = findProgram() ?? installProgram();
	const dir = await mkdtemp(path.join(tmpdir(), 'cachecast-registry-'));
	const host = `127.0.0.1:${await freePort()}`;
	const config = path.join(dir, 'config.yml');
	await writeFile(
		config,
		[
			'version: 0.1',
			'log: {level: error, accesslog: {disabled: true}}',
			`storage: {filesystem: {rootdirectory: ${JSON.stringify(path.join(dir, 'data'))}}, delete: {enabled: true}}`,
			`http: {addr: ${JSON.stringify(host)}, secret: cachecast}`,
			'',
		].join('\n'),
	);
	const child = spawn(command, ['serve', config], {
		stdio: 'ignore',
		env: {...process.env, OTEL_TRACES_EXPORTER: 'none'},
	});
	const killAtExit = (): void => {
		child.kill('SIGKILL');
	};
	process.once('exit', killAtExit);
	await untilServing(host, child);
	return {
		host,
		async stop() {
			process.off('exit', killAtExit);
			await terminate(child);
			await rm(dir, {recursive: true, force: true});
		},
	};
}

function findProgram(): string | undefined {
	const {PATH = ''} = process.env;
	const folders = PATH.split(path.delimiter);
	return folders.map(folder => path.join(folder, program)).find(file => existsSync(file));
}

function installProgram(): string {
	if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
		const options = ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends'];
		const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
		spawnSync('apt-get', ['install', ...options, program], {stdio: 'ignore', env});
	}

	const command = findProgram();
	if (command === undefined) {
		throw new Error(`"${program}" is not installed; on Debian: apt-get install ${program}`);
	}

	return command;
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)));
		});
	});
}

async function untilServing(host: string, child: ChildProcess): Promise<void> {
	const deadline = Date.now() + startTimeoutMs;
	while (child.exitCode === null && Date.now() < deadline) {
		const response = await fetch(`http://${host}/v2/`).catch(() => undefined);
		await response?.body?.cancel();
		if (response?.ok) {
			return;
		}

		await setTimeout(50);
	}

	child.kill('SIGKILL');
	throw new Error(`"${program}" did not start on ${host}`);
}

async function terminate(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) {
		return;
	}

	const ended = new Promise<void>(resolve => {
		child.once('exit', () => resolve());
	});
	child.kill('SIGTERM');
	const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), 5000);
	await ended;
	clearTimeout(timer);
}
