import {mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import {debianCodename, unpackPackages} from './packages.ts';
import {run, startDaemon, waitFor} from './processes.ts';
import type {TestEngine} from './test-engine.ts';

/** A real sshd on the loopback interface, by which an engine's socket can be reached. */
export interface SshServer {
	/** What to lay over an engine's environment to go through it. */
	readonly env: Readonly<Record<string, string>>;
	/** How many logins were accepted. */
	logins(): Promise<number>;
}

/**
 * Starts it from Debian's packages, with keys, a configuration and a port of its own, below the engine's folder, with
 * which it ends. `ssh` in front of PATH has the client's key and knows the server's. Throws where that cannot be had.
 */
export async function startSshServer(engine: TestEngine): Promise<SshServer> {
	const codename = await debianCodename();
	const packages = ['openssh-server', 'openssh-client', 'libwrap0'];
	const unpacked = codename === undefined ? undefined : await unpackPackages(codename, 'ssh', packages);
	if (unpacked?.kind !== 'unpacked') {
		throw new Error(`no sshd for the tests: ${unpacked?.reason ?? 'this machine is not Debian'}`);
	}

	const folder = await mkdtemp(path.join(engine.folder, 'ssh-'));
	const file = (name: string) => path.join(folder, name);
	const {root} = unpacked;
	for (const name of ['host', 'client']) {
		await run(path.join(root, 'usr/bin/ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
	}

	const port = await freePort();
	const hostKey = await readFile(file('host.pub'), 'utf8');
	await mkdir(file('bin'));
	await Promise.all([
		writeFile(file('authorized_keys'), await readFile(file('client.pub'))),
		writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}`),
		writeFile(
			file('sshd_config'),
			[
				`ListenAddress 127.0.0.1:${port}`,
				`HostKey ${file('host')}`,
				`AuthorizedKeysFile ${file('authorized_keys')}`,
				'StrictModes no',
				'PasswordAuthentication no',
				'PermitRootLogin yes',
				'PidFile none',
				// As on a machine whose docker leads to its own engine.
				`SetEnv DOCKER_HOST=${engine.env['DOCKER_HOST']} PATH=${engine.env['PATH']}`,
				'',
			].join('\n'),
		),
		// sshd wants a user and a folder of its own, which it is given where only it sees them.
		writeFile(file('passwd'), `${await readFile('/etc/passwd', 'utf8')}sshd:x:65000:65000::/run/sshd:/bin/false\n`),
		writeFile(
			file('bin/ssh'),
			`#!/bin/sh\nexec '${root}/usr/bin/ssh' -F none -i '${file('client')}' -o UserKnownHostsFile='${file('known_hosts')}' -o StrictHostKeyChecking=yes "$@"\n`,
			{mode: 0o755},
		),
	]);
	const command = [
		`mount --bind '${file('passwd')}' /etc/passwd`,
		'mount -t tmpfs none /run',
		'mkdir -m 755 /run/sshd',
		`exec '${path.join(root, 'usr/sbin/sshd')}' -D -e -f '${file('sshd_config')}'`,
	].join(' && ');
	const log = file('sshd.log');
	const libraries = `lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
	startDaemon('unshare', ['--mount', 'sh', '-c', command], {
		env: {LD_LIBRARY_PATH: `${root}/usr/${libraries}:${root}/${libraries}`},
		log,
	});
	const isUp = await waitFor(10, async () => (/listening on/.test(await logOf(log)) ? true : undefined));
	if (isUp === undefined) {
		throw new Error(`sshd does not start: ${await logOf(log)}`);
	}

	return {
		env: {DOCKER_HOST: `ssh://root@127.0.0.1:${port}`, PATH: `${file('bin')}${path.delimiter}${engine.env['PATH']}`},
		logins: async () => (await logOf(log)).split('Accepted publickey').length - 1,
	};
}

function logOf(file: string): Promise<string> {
	return readFile(file, 'utf8').catch(() => '');
}

/** sshd does not tell which port the kernel picked. */
function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}
