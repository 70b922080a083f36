import path from 'node:path';
import {commandContext} from '../../cli/commands/command-context.ts';
import {runProgram} from '../../cli/program.ts';
import {createStyle} from '../../cli/render/style.ts';
import type {RunResult} from '../engine/processes.ts';
import {projectRoot} from './project.ts';

/** Runs a command line inside this process, for tables of many; only the engine that `env` names is at hand. `terminal`: the columns of the terminal that stdout is. */
export async function runInProcess(
	args: readonly string[],
	cwd: string,
	env: Readonly<Record<string, string>> = {},
	input = '',
	terminal?: number,
): Promise<RunResult> {
	const texts = {stdout: '', stderr: ''};
	const exitCode = await runProgram(args, '1.2.3', () =>
		commandContext({
			streams: {
				out: text => {
					texts.stdout += text;
				},
				err: text => {
					texts.stderr += text;
				},
				interactive: false,
				columns: terminal ?? 100,
				wraps: terminal !== undefined,
			},
			style: createStyle({env: {}, isTty: false}),
			errorStyle: createStyle({env: {}, isTty: false}),
			env: {
				CACHECAST_CACHE_DIR: path.join(projectRoot, 'node_modules', '.cache', 'cachecast'),
				DOCKER_HOST: 'unix:///nowhere/docker.sock',
				...env,
			},
			cwd,
			homeDir: cwd,
			readStdin: async () => Buffer.from(input),
			interruptSignal: () => new AbortController().signal,
		}),
	);
	// As a pipe gives it: what is no character becomes one that says so.
	const piped = (text: string) => Buffer.from(text).toString();
	return {exitCode, stdout: piped(texts.stdout), stderr: piped(texts.stderr)};
}

/** The environment of this process, for a command line that starts programs. */
export const environment: Readonly<Record<string, string>> = Object.fromEntries(
	Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
