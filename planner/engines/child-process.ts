import {type ChildProcess, spawn} from 'node:child_process';
import {linesOf} from './lines.ts';
import {type OnAsk, shownCommand} from './shown-command.ts';

export interface ChildOptions {
	readonly env: NodeJS.ProcessEnv;
	/** Ends the child: SIGINT, so that it can tidy up, and SIGKILL when it takes longer than `patienceMs`. */
	readonly signal?: AbortSignal;
	readonly patienceMs?: number;
	/** Every line of standard error; without its end. */
	readonly onErrorLine?: (line: string) => void;
	/** Hears of the command line. */
	readonly onAsk?: OnAsk | undefined;
}

export type ChildResult =
	| {readonly kind: 'ended'; readonly exitCode: number; readonly stdout: string; readonly stderr: string}
	/** It could not be started, or a signal that was not ours ended it. */
	| {readonly kind: 'broken'; readonly reason: string}
	| {readonly kind: 'aborted'};

/** How much of the output is kept, for messages: characters from its end. */
const kept = 1024 * 1024;

/**
 * Runs a program to its end, in a process group of its own: what the program starts ends with it, and a Ctrl+C in the
 * terminal reaches it only through `signal`.
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
	if (options.signal?.aborted) {
		return {kind: 'aborted'};
	}
	options.onAsk?.(shownCommand(command, args));
	// Windows has no process groups; there the console's own Ctrl+C ends the child.
	const grouped = process.platform !== 'win32';
	const child = spawn(command, args, {
		detached: grouped,
		env: options.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		windowsHide: true,
	});
	const stop = stopper(child, grouped, options.patienceMs ?? 10_000);
	options.signal?.addEventListener('abort', stop.gently, {once: true});
	try {
		const ended = new Promise<ChildResult>(resolve => {
			child.once('error', error => resolve({kind: 'broken', reason: error.message}));
			child.once('exit', (exitCode, signal) =>
				resolve(
					exitCode === null
						? {kind: 'broken', reason: `"${command}" was ended by ${signal}`}
						: {kind: 'ended', exitCode, stdout: '', stderr: ''},
				),
			);
		});
		const [result, stdout, stderr] = await Promise.all([
			ended,
			read(child.stdout, () => {}),
			read(child.stderr, options.onErrorLine ?? (() => {})),
		]);
		if (options.signal?.aborted) {
			return {kind: 'aborted'};
		}
		return result.kind === 'ended' ? {...result, stdout, stderr} : result;
	} finally {
		options.signal?.removeEventListener('abort', stop.gently);
		stop.atOnce();
	}
}

/** Hands over every line, and answers the last of the text. */
async function read(stream: AsyncIterable<Buffer>, onLine: (line: string) => void): Promise<string> {
	let text = '';
	for await (const line of linesOf(stream)) {
		text = `${text}${line}\n`.slice(-kept);
		onLine(line);
	}
	return text;
}

function stopper(
	child: ChildProcess,
	grouped: boolean,
	patienceMs: number,
): {readonly gently: () => void; readonly atOnce: () => void} {
	let timer: NodeJS.Timeout | undefined;
	const send = (signal: NodeJS.Signals): void => {
		if (child.pid === undefined) {
			return;
		}
		try {
			process.kill(grouped ? -child.pid : child.pid, signal);
		} catch {
			// It has ended by itself.
		}
	};
	return {
		gently() {
			send('SIGINT');
			timer = setTimeout(() => send('SIGKILL'), patienceMs);
		},
		atOnce() {
			clearTimeout(timer);
			if (child.exitCode === null && child.signalCode === null) {
				send('SIGKILL');
			}
		},
	};
}
