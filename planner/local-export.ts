import {copyFile, link, mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import nodePath from 'node:path';

/** A place to export a local cache to, so that the cache itself stays as it was until the export is whole. */
export interface LocalExport {
	/** Where the builder may write. */
	readonly dir: string;
	/** Takes the export over into the cache: blobs first, then the index by one rename. */
	commit(): Promise<void>;
	/** Throws it away. */
	discard(): Promise<void>;
}

const blobFolder = nodePath.join('blobs', 'sha256');

/**
 * Stages an export inside the cache's own folder. BuildKit rewrites a cache's index in place (client/ociindex): killed
 * at the wrong moment it would leave a torn one. The staged folder starts with the cache's blobs as hard links, so
 * nothing is fetched or written twice, and with its index, so that the caches of other targets stay in it.
 */
export async function stageLocalExport(cacheDir: string): Promise<LocalExport> {
	const dir = nodePath.join(cacheDir, `.export-${process.pid}`);
	await removeLeftovers(cacheDir);
	await mkdir(nodePath.join(dir, blobFolder), {recursive: true});
	await linkBlobs(cacheDir, dir);
	for (const file of ['index.json', 'oci-layout']) {
		if (await exists(nodePath.join(cacheDir, file))) {
			await copyFile(nodePath.join(cacheDir, file), nodePath.join(dir, file));
		}
	}

	return {
		dir,
		async commit() {
			if (await exists(nodePath.join(dir, 'index.json'))) {
				await mkdir(nodePath.join(cacheDir, blobFolder), {recursive: true});
				await linkBlobs(dir, cacheDir);
				for (const file of ['oci-layout', 'index.json']) {
					if (await exists(nodePath.join(dir, file))) {
						await rename(nodePath.join(dir, file), nodePath.join(cacheDir, file));
					}
				}
			}

			await rm(dir, {recursive: true, force: true});
		},
		discard: () => rm(dir, {recursive: true, force: true}),
	};
}

async function linkBlobs(from: string, to: string): Promise<void> {
	const names = await readdir(nodePath.join(from, blobFolder)).catch(() => []);
	for (const name of names) {
		const target = nodePath.join(to, blobFolder, name);
		if (!(await exists(target))) {
			// Blobs are named by their digest: one that is there is the same.
			await link(nodePath.join(from, blobFolder, name), target);
		}
	}
}

// What an export that was killed left behind; the process that made it is named in it.
async function removeLeftovers(cacheDir: string): Promise<void> {
	const names = await readdir(cacheDir).catch(() => []);
	for (const name of names) {
		const [, pid] = /^\.export-(\d+)$/.exec(name) ?? [];
		if (pid !== undefined && !isAlive(Number(pid))) {
			await rm(nodePath.join(cacheDir, name), {recursive: true, force: true});
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return pid !== process.pid;
	} catch {
		return false;
	}
}

async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
