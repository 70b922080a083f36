import {execFile, spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';

export interface RunResult {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly cwd?: string;
	/** Laid over the environment of this process. */
	readonly env?: Readonly<Record<string, string>>;
	readonly input?: string;
}

/** Runs a program to its end. A program that cannot be started counts as exit code 127, as in a shell. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
	return new Promise(resolve => {
		const child = execFile(
			command,
			args,
			{cwd: options.cwd, env: {...process.env, ...options.env}, maxBuffer: 64 * 1024 * 1024},
			(error, stdout, stderr) => {
				const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
				resolve({exitCode, stdout, stderr: stderr === '' && error !== null ? error.message : stderr});
			},
		);
		// A program may end without reading its input.
		child.stdin?.on('error', () => {}).end(options.input ?? '');
	});
}

/** Starts a daemon that outlives this process and does not get the terminal's signals; its output goes to a file. */
export function startDaemon(
	command: string,
	args: readonly string[],
	options: {readonly env: Readonly<Record<string, string>>; readonly log: string},
): void {
	const log = openSync(options.log, 'a');
	const child = spawn(command, args, {
		detached: true,
		stdio: ['ignore', log, log],
		env: {...process.env, ...options.env},
	});
	// What went wrong shows when nobody answers at the daemon's address.
	child.on('error', () => {});
	child.unref();
	closeSync(log);
}

/** Asks until the answer is not undefined; undefined when the time is over. */
export async function waitFor<Answer>(
	seconds: number,
	ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined || Date.now() > end) {
			return answer;
		}
		await sleep(50);
	}
}

/**
 * The processes whose command line names a folder. A run's folder has a random name, so these are the daemons of that
 * run and what they started themselves (the shims of containerd).
 */
export async function processesNaming(folder: string): Promise<readonly {pid: number; commandLine: string}[]> {
	const found: {pid: number; commandLine: string}[] = [];
	for (const entry of await readdir('/proc')) {
		const pid = Number(entry);
		if (!Number.isInteger(pid) || pid === process.pid) {
			continue;
		}
		const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
		if (commandLine.includes(`${folder}/`)) {
			found.push({pid, commandLine: commandLine.replaceAll('\0', ' ').trim()});
		}
	}
	return found;
}

/** Ends processes: asks first, and after so many seconds kills. */
export async function end(pids: readonly number[], patienceSeconds: number): Promise<void> {
	signal(pids, 'SIGTERM');
	const gone = await waitFor(patienceSeconds, async () => (pids.some(isRunning) ? undefined : true));
	if (gone === undefined) {
		signal(pids, 'SIGKILL');
		await waitFor(5, async () => (pids.some(isRunning) ? undefined : true));
	}
}

export function signal(pids: readonly number[], name: NodeJS.Signals): void {
	for (const pid of pids) {
		try {
			process.kill(pid, name);
		} catch {
			// It has ended by itself.
		}
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
