import {execFile} from 'node:child_process';

const maxBytes = 256 * 1024 * 1024;

/** What a program prints; `undefined` where it cannot be started, fails or takes too long. */
export function runTool(
	command: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	timeoutMs: number,
): Promise<Buffer | undefined> {
	return new Promise(resolve => {
		execFile(
			command,
			[...args],
			{env, timeout: timeoutMs, maxBuffer: maxBytes, encoding: 'buffer', windowsHide: true},
			(error, stdout) => resolve(error === null ? stdout : undefined),
		);
	});
}
