import {randomUUID} from 'node:crypto';
import {mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, sha256} from '../../analyzer/index.ts';

/** Manifests and configs by digest, kept from one run to the next. Nothing throws: what fails is as if nothing was kept. */
export interface ContentStore {
	/** Undefined when it is not kept, or no longer what it was. */
	read(digest: Digest): Promise<Uint8Array | undefined>;
	write(digest: Digest, bytes: Uint8Array): Promise<void>;
}

/** Keeps nothing. */
export const noStore: ContentStore = {read: async () => undefined, write: async () => undefined};

/** Larger content is rare, and not worth the room. */
const maxItemBytes = 4 << 20;
const defaultMaxBytes = 256 << 20;

/**
 * A store in a folder, one file per digest, that holds at most `maxBytes`: what was not used for the longest time goes
 * first. Files are the user's alone, for the config of a private image is private too.
 */
export function contentStore(dir: string, maxBytes: number = defaultMaxBytes): ContentStore {
	const folder = path.join(dir, 'sha256');
	const fileOf = (digest: Digest) => path.join(folder, digest.slice('sha256:'.length));
	let used: Promise<number> | undefined;

	const write = async (digest: Digest, bytes: Uint8Array): Promise<void> => {
		await mkdir(folder, {recursive: true, mode: 0o700});
		// Under another name first: who reads meanwhile sees all of it or nothing.
		const part = path.join(folder, `${randomUUID()}.part`);
		try {
			await writeFile(part, bytes, {mode: 0o600});
			await rename(part, fileOf(digest));
		} catch (error) {
			await rm(part, {force: true});
			throw error;
		}

		const before = used;
		used = before === undefined ? makeRoom(folder, maxBytes) : before.then(total => total + bytes.byteLength);
		if ((await used) > maxBytes) {
			used = makeRoom(folder, maxBytes);
			await used;
		}
	};

	return {
		async read(digest) {
			try {
				const file = fileOf(digest);
				const bytes = await readFile(file);
				if (sha256(bytes) !== digest) {
					await rm(file, {force: true});
					return undefined;
				}

				const now = new Date();
				await utimes(file, now, now).catch(() => undefined);
				return bytes;
			} catch {
				return undefined;
			}
		},
		async write(digest, bytes) {
			if (bytes.byteLength <= Math.min(maxItemBytes, maxBytes)) {
				await write(digest, bytes).catch(() => undefined);
			}
		},
	};
}

// Gives the bytes that are left.
async function makeRoom(folder: string, maxBytes: number): Promise<number> {
	const files = await Promise.all(
		(await readdir(folder)).map(async name => {
			const file = path.join(folder, name);
			const found = await stat(file).catch(() => undefined);
			return found === undefined ? [] : [{file, size: found.size, time: found.mtimeMs}];
		}),
	);
	const newestLast = files.flat().sort((a, b) => a.time - b.time);
	let total = newestLast.reduce((sum, {size}) => sum + size, 0);
	for (const {file, size} of newestLast) {
		if (total <= maxBytes) {
			break;
		}

		await rm(file, {force: true});
		total -= size;
	}

	return total;
}
