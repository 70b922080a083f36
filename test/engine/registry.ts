import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {startDaemon, waitFor} from './processes.ts';

/**
 * Starts the distribution registry (Debian's docker-registry) on a free loopback port, with its storage in `folder`.
 * Answers `127.0.0.1:PORT`, or undefined when it does not come up.
 */
export async function startDistribution(program: string, folder: string): Promise<string | undefined> {
	await mkdir(folder, {recursive: true});
	const config = path.join(folder, 'config.yml');
	const log = path.join(folder, 'registry.log');
	await writeFile(
		config,
		JSON.stringify({
			version: 0.1,
			log: {level: 'info', accesslog: {disabled: true}},
			storage: {filesystem: {rootdirectory: path.join(folder, 'blobs')}, delete: {enabled: true}},
			// The kernel picks the port, so two runs never want the same one; the log tells it.
			http: {addr: '127.0.0.1:0'},
		}),
	);
	startDaemon(program, ['serve', config], {env: {}, log});
	return waitFor(15, async () => {
		const text = await readFile(log, 'utf8').catch(() => '');
		return /listening on (?<host>127\.0\.0\.1:\d+)/.exec(text)?.groups?.['host'];
	});
}
