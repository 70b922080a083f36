import {link, readFile, rename, rm, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {isDead, ownName} from './owner.ts';

/** How long a lock whose owner cannot be asked may be silent, and how often it is renewed; milliseconds. */
const silence = 60_000;
const beat = 5000;
/** How long another owner is waited for: what is done under the lock takes seconds. */
const patience = 300_000;

/** The locks that this process holds. */
const held = new Set<string>();

/**
 * Does something while nobody else changes a cache folder: cachecast of another process or machine waits. BuildKit's own
 * lock (client/ociindex) is an flock, which Node has not; exporting with plain buildx to a folder at the same moment is
 * not covered.
 */
export async function withLock<T>(dir: string, act: () => Promise<T>): Promise<T> {
	const file = path.join(dir, '.lock');
	const name = ownName();
	const started = Date.now();
	held.add(name);
	try {
		await acquire(file, name, started);
		return await holding(file, name, act);
	} finally {
		held.delete(name);
	}
}

async function acquire(file: string, name: string, started: number): Promise<void> {
	while (!(await take(file, name))) {
		await breakStale(file);
		if (Date.now() - started > patience) {
			throw new Error(`"${file}" is held by another process; if there is none, delete it`);
		}

		await setTimeout(20 + Math.random() * 60);
	}
}

async function holding<T>(file: string, name: string, act: () => Promise<T>): Promise<T> {
	const timer = setInterval(() => {
		void utimes(file, new Date(), new Date()).catch(() => undefined);
	}, beat).unref();
	try {
		return await act();
	} finally {
		clearInterval(timer);
		if ((await ownerOf(file)) === name) {
			await rm(file, {force: true});
		}
	}
}

// The file appears with its content: a lock without a name could not be told from one that was left behind.
async function take(file: string, name: string): Promise<boolean> {
	const draft = `${file}-${name}`;
	try {
		await writeFile(draft, name);
		return await link(draft, file).then(
			() => true,
			(problem: NodeJS.ErrnoException) => (problem.code === 'EEXIST' ? false : takePlainly(file, name)),
		);
	} finally {
		await rm(draft, {force: true});
	}
}

// On a file system without hard links. On a full disk the file is made, and only its content is not.
async function takePlainly(file: string, name: string): Promise<boolean> {
	try {
		await writeFile(file, name, {flag: 'wx'});
		return true;
	} catch (error) {
		const {code, syscall} = error as NodeJS.ErrnoException;
		if (code === 'EEXIST') {
			return false;
		}

		if (syscall === 'write') {
			await rm(file, {force: true});
		}

		throw error;
	}
}

async function breakStale(file: string): Promise<void> {
	const name = await ownerOf(file);
	const [host = '', pid = ''] = name?.split('-') ?? [];
	if (name === undefined || held.has(name) || !(await isDead(file, host, Number(pid), silence))) {
		return;
	}

	// Only one of several that wait gets it away; what it got must be the lock that it saw.
	const broken = `${file}-broken-${ownName()}`;
	const moved = await rename(file, broken).then(
		() => true,
		() => false,
	);
	if (moved && (await ownerOf(broken)) !== name) {
		await link(broken, file).catch(() => undefined);
	}

	await rm(broken, {force: true});
}

async function ownerOf(file: string): Promise<string | undefined> {
	return readFile(file, 'utf8').catch(() => undefined);
}
