import path from 'node:path';
import {type RunResult, run} from '../engine/processes.ts';
import {programFile, projectRoot} from './project.ts';

export interface CliOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly input?: string;
	readonly program?: string;
}

/** Runs the compiled `cachecast` as a user does, in a process of its own; the user's own cache folder is left alone. */
export function runCli(
	args: readonly string[],
	{program = programFile, ...options}: CliOptions = {},
): Promise<RunResult> {
	return run(process.execPath, [program, ...args], {
		...options,
		env: {CACHECAST_CACHE_DIR: path.join(projectRoot, 'node_modules', '.cache', 'cachecast'), ...options.env},
	});
}
