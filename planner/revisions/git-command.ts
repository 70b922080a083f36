import {spawnSync} from 'node:child_process';

/** What came of one call of git; `reason` is the first line of what git says. */
export type GitOutput =
	| {readonly kind: 'ok'; readonly stdout: Buffer}
	| {readonly kind: 'failed'; readonly reason: string}
	/** The program is not there. */
	| {readonly kind: 'absent'};

/** Runs git in one folder and waits for it. */
export type RunGit = (args: readonly string[], input?: string) => GitOutput;

/**
 * Git as a child process that only reads: it takes no lock, so that the index keeps as it is, fetches no object that a
 * partial clone has left out, and asks nobody anything. It is waited for, because files of a context are asked for from
 * within the arithmetic of keys.
 */
export function gitIn(folder: string, env: NodeJS.ProcessEnv): RunGit {
	return (args, input = '') => {
		const {error, status, stdout, stderr} = spawnSync('git', ['-c', 'core.fsmonitor=false', ...args], {
			cwd: folder,
			input,
			maxBuffer: Number.POSITIVE_INFINITY,
			env: {...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0'},
			windowsHide: true,
		});
		if (error !== undefined) {
			return 'code' in error && error.code === 'ENOENT'
				? {kind: 'absent'}
				: {kind: 'failed', reason: 'git cannot be started'};
		}

		const [line = 'git failed'] = stderr.toString().trim().split('\n');
		return status === 0 ? {kind: 'ok', stdout} : {kind: 'failed', reason: line.replace(/^fatal: /, '')};
	};
}

/** The parts of an output that ends each with NUL. */
export function partsOf(stdout: Buffer): readonly string[] {
	return stdout.toString().split('\0').slice(0, -1);
}
