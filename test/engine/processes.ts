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

export interface Process {
	readonly pid: number;
	readonly parent: number;
	/** Program and arguments, with blanks between. */
	readonly commandLine: string;
}

/**
 * The processes whose command line names a folder, and what they started: a run's folder has a random name, so these
 * are the daemons of that run, the shims of containerd, and what runs in their containers.
 */
export async function processesOf(
	folder: string,
	isWanted: (process: Process) => boolean = () => true,
): Promise<readonly number[]> {
	const all = await allProcesses();
	const pids = new Set(all.filter(one => one.commandLine.includes(`${folder}/`) && isWanted(one)).map(({pid}) => pid));
	for (;;) {
		const children = all.filter(({pid, parent}) => pids.has(parent) && !pids.has(pid));
		if (children.length === 0) {
			pids.delete(process.pid);
			return [...pids];
		}
		for (const {pid} of children) {
			pids.add(pid);
		}
	}
}

async function allProcesses(): Promise<readonly Process[]> {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	return Promise.all(
		pids.map(async pid => {
			const [commandLine, status] = await Promise.all(
				['cmdline', 'status'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
			);
			return {
				pid: Number(pid),
				parent: Number(/^PPid:\s*(?<parent>\d+)/m.exec(status ?? '')?.groups?.['parent'] ?? 0),
				commandLine: (commandLine ?? '').replaceAll('\0', ' ').trim(),
			};
		}),
	);
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
