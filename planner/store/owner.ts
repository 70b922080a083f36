import {createHash, randomBytes} from 'node:crypto';
import {readFileSync, readlinkSync} from 'node:fs';
import {mkdir, readdir, rm, stat, utimes} from 'node:fs/promises';
import {hostname} from 'node:os';
import path from 'node:path';

/** A folder inside a cache that one process works in. */
export interface WorkFolder {
	readonly dir: string;
	remove(): Promise<void>;
}

/** Names of what this process owns at the moment. */
const owned = new Set<string>();

/** How long an owner that cannot be asked may be silent; milliseconds. */
const silence = 600_000;
const beat = 60_000;

const workFolder = /^\.(?:export|reading|load)-([\da-f]{8})-(\d+)-[\da-f]+$/;

const lockDraft = /^\.lock-(?:broken-)?([\da-f]{8})-(\d+)-[\da-f]+$/;

/** A name nobody else has, that tells whose it is: machine and process. */
export function ownName(): string {
	return `${machine()}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Makes a folder to work in. While it is in use its time is renewed, which shows other machines that its owner lives. */
export async function makeWorkFolder(cacheDir: string, kind: 'export' | 'reading' | 'load'): Promise<WorkFolder> {
	const name = `.${kind}-${ownName()}`;
	const dir = path.join(cacheDir, name);
	owned.add(name);
	await mkdir(dir, {recursive: true});
	const timer = setInterval(() => {
		void utimes(dir, new Date(), new Date()).catch(() => undefined);
	}, beat).unref();
	return {
		dir,
		async remove() {
			clearInterval(timer);
			await rm(dir, {recursive: true, force: true});
			owned.delete(name);
		},
	};
}

/** Removes the working folders of processes that are gone, and locks that they were about to take. */
export async function removeLeftovers(cacheDir: string): Promise<void> {
	for (const name of await readdir(cacheDir).catch(() => [])) {
		const file = path.join(cacheDir, name);
		const [, host = '', pid = ''] = workFolder.exec(name) ?? [];
		const [, draftHost = '', draftPid = ''] = lockDraft.exec(name) ?? [];
		const isLeft =
			(pid !== '' && !owned.has(name) && (await isDead(file, host, Number(pid), silence))) ||
			// Of this process there may be one that is just being made.
			(draftPid !== '' &&
				(Number(draftPid) === process.pid
					? await isSilent(file, silence)
					: await isDead(file, draftHost, Number(draftPid), silence)));
		if (isLeft) {
			await rm(file, {recursive: true, force: true});
		}
	}
}

/**
 * Whether the owner of a file is gone: its process, where that can be looked up, else it has been silent for too long.
 * What this process no longer counts as its own is a leftover of another one that had its number.
 */
export async function isDead(file: string, host: string, pid: number, limit: number): Promise<boolean> {
	return (host === machine() && (pid === process.pid || !isAlive(pid))) || isSilent(file, limit);
}

async function isSilent(file: string, limit: number): Promise<boolean> {
	const info = await stat(file).catch(() => undefined);
	return info !== undefined && Date.now() - info.mtimeMs > limit;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// It is there and belongs to somebody else.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}

let known: string | undefined;

// Two containers may share a cache, a name and process numbers: their process namespaces differ.
function machine(): string {
	known ??= createHash('sha256')
		.update(`${hostname()}\n${quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))}\n`)
		.update(quietly(() => readlinkSync('/proc/self/ns/pid')))
		.digest('hex')
		.slice(0, 8);
	return known;
}

function quietly(read: () => string): string {
	try {
		return read();
	} catch {
		return '';
	}
}
