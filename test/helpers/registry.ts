import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {debianCodename, unpackPackages} from '../engine/packages.ts';
import {startDistribution} from '../engine/registry.ts';
import {stopFolder} from '../engine/stop.ts';

/** A real registry (CNCF distribution) on the loopback interface; `host` is `127.0.0.1:<port>`. */
export interface TestRegistry {
	readonly host: string;
	stop(): Promise<void>;
}

/**
 * Starts an empty registry of its own on a free port, from Debian's package unpacked into the folder the test engine
 * uses too. Throws where that cannot be had.
 */
export async function startRegistry(): Promise<TestRegistry> {
	const codename = await debianCodename();
	if (codename === undefined) {
		throw new Error('the registry of the tests is made from a Debian package, and this machine is not Debian');
	}

	const tools = await unpackPackages(codename, 'tools', ['runc', 'docker-registry', 'busybox-static']);
	if (tools.kind === 'failed') {
		throw new Error(`no registry for the tests: ${tools.reason}`);
	}

	const folder = await mkdtemp(path.join(tmpdir(), 'cachecast-registry-'));
	const host = await startDistribution(path.join(tools.root, 'usr/bin/docker-registry'), folder);
	if (host === undefined) {
		throw new Error(`docker-registry does not start; see ${folder}/registry.log`);
	}

	return {host, stop: () => stopFolder(folder, tools.root)};
}
