import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** A command of a bench. */
export interface BenchCommand {
	readonly name: string;
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Its standard output is a number: milliseconds that its own work took. */
	readonly printsTime?: boolean;
}

/** What a command took. */
export interface Measured {
	readonly name: string;
	/** Milliseconds of whole processes, shortest first. */
	readonly times: readonly number[];
	/** Milliseconds that the program says its own work took; none where it says nothing. */
	readonly inside: readonly number[];
	/** The most memory that one of its runs had at a time, in bytes; 0 where the system does not tell. */
	readonly peakBytes: number;
}

/** Runs commands in turn, so that a busy minute is shared by all; the first round is thrown away. */
export async function measureAll(commands: readonly BenchCommand[], rounds: number): Promise<readonly Measured[]> {
	const taken = commands.map(() => ({times: [] as number[], inside: [] as number[], peakBytes: 0}));
	for (let round = -1; round < rounds; round++) {
		for (const [place, command] of commands.entries()) {
			const {milliseconds, stdout, peakBytes} = await runOnce(command);
			const one = taken[place];
			if (one !== undefined && round >= 0) {
				one.times.push(milliseconds);
				one.peakBytes = Math.max(one.peakBytes, peakBytes);
				if (command.printsTime === true) {
					one.inside.push(Number(stdout));
				}
			}
		}
	}

	return commands.map(({name}, place) => ({
		name,
		times: sorted(taken[place]?.times ?? []),
		inside: sorted(taken[place]?.inside ?? []),
		peakBytes: taken[place]?.peakBytes ?? 0,
	}));
}

/** The middle one of sorted figures. */
export function median(sortedFigures: readonly number[]): number {
	return sortedFigures[Math.floor(sortedFigures.length / 2)] ?? Number.NaN;
}

function sorted(figures: readonly number[]): readonly number[] {
	return figures.toSorted((a, b) => a - b);
}

interface Run {
	readonly milliseconds: number;
	readonly stdout: string;
	readonly peakBytes: number;
}

function runOnce({name, command, args, cwd, env}: BenchCommand): Promise<Run> {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const child = spawn(command, args, {cwd, env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
		let peakBytes = 0;
		const watch = setInterval(() => {
			peakBytes = Math.max(peakBytes, peakOf(child.pid));
		}, 10);
		const texts = {stdout: '', stderr: ''};
		child.stdout.on('data', data => {
			texts.stdout += data;
		});
		child.stderr.on('data', data => {
			texts.stderr += data;
		});
		child.on('error', reject);
		child.on('close', code => {
			clearInterval(watch);
			if (code === 0) {
				resolve({milliseconds: performance.now() - started, stdout: texts.stdout, peakBytes});
			} else {
				reject(new Error(`${name} ended with ${code}: ${texts.stderr}`));
			}
		});
	});
}

// The high-water mark of resident memory (proc(5), VmHWM).
function peakOf(pid: number | undefined): number {
	try {
		const kilobytes = /^VmHWM:\s+(?<figure>\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
		return Number(kilobytes?.groups?.['figure'] ?? 0) * 1024;
	} catch {
		return 0;
	}
}
