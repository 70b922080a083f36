import {randomBytes, randomInt} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {run} from './processes.ts';
import {busyboxIn} from './test-engine.ts';

/** In an engine's folder: the name of its bridge. */
const fileName = 'bridge';

/**
 * Makes a network bridge with a name and a subnet of its own, and writes its name into the engine's folder for the
 * clean-up. Without one every RUN of the engine fails.
 */
export async function makeBridge(
	tools: string,
	folder: string,
): Promise<{readonly kind: 'made'; readonly name: string} | {readonly kind: 'failed'; readonly reason: string}> {
	// The kernel allows 15 characters.
	const name = `cc${randomBytes(5).toString('hex')}`;
	const address = `10.${randomInt(200, 250)}.${randomInt(0, 256)}.1/24`;
	await writeFile(path.join(folder, fileName), name);
	for (const args of [
		['link', 'add', name, 'type', 'bridge'],
		['addr', 'add', address, 'dev', name],
		['link', 'set', name, 'up'],
	]) {
		const result = await run(busyboxIn(tools), ['ip', ...args]);
		if (result.exitCode !== 0) {
			return {kind: 'failed', reason: `a network bridge cannot be made: ${result.stderr.trim()}`};
		}
	}
	return {kind: 'made', name};
}

/** Removes the bridges of engines, by their folders. */
export async function removeBridges(tools: string, folders: readonly string[]): Promise<void> {
	for (const folder of folders) {
		const name = await readFile(path.join(folder, fileName), 'utf8').catch(() => undefined);
		if (name !== undefined) {
			await run(busyboxIn(tools), ['ip', 'link', 'del', name]);
		}
	}
}
