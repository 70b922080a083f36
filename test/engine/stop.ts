import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {removeBridges} from './bridge.ts';
import {end, processesOf, run} from './processes.ts';

/**
 * Ends every process that was started below a folder of this run, dockerd first so that it can unmount, and removes
 * mounts, bridges and the folder. Safe to call twice, and on what a crash has left.
 */
export async function stopFolder(folder: string, tools: string): Promise<void> {
	await end(await processesOf(folder, ({commandLine}) => commandLine.includes('/dockerd ')), 20);
	await end(await processesOf(folder), 10);
	for (const mount of await mountsBelow(folder)) {
		await run('umount', ['--lazy', mount]);
	}
	await removeBridges(tools, [folder, ...(await subfolders(folder))]);
	// What was just killed may still be writing.
	await rm(folder, {recursive: true, force: true, maxRetries: 10, retryDelay: 100});
}

/** Mount points below a folder, innermost first (proc(5), mountinfo: the fifth field, blanks as \040). */
async function mountsBelow(folder: string): Promise<readonly string[]> {
	const table = await readFile('/proc/self/mountinfo', 'utf8');
	return table
		.split('\n')
		.map(line => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
		.filter(mount => mount.startsWith(`${folder}/`))
		.sort((one, other) => other.length - one.length);
}

async function subfolders(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
	return entries.filter(entry => entry.isDirectory()).map(entry => path.join(folder, entry.name));
}
