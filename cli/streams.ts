/** Where a command writes: stdout is its result, stderr is talk. */
export interface Streams {
	out(text: string): void;
	err(text: string): void;
	/** Writes a workflow command; there only in GitHub Actions. */
	readonly command?: (line: string) => void;
	/** stderr is a terminal that can be redrawn: no CI, no pipe. */
	readonly interactive: boolean;
	/** Columns of the terminal that stdout is, 80 where it does not say; 100 where there is none. */
	readonly columns: number;
	/** stdout is a terminal: long lines are wrapped. In a file or a pipe they stay whole. */
	readonly wraps?: boolean;
}

/** The streams of this process. A reader that goes away (`| head`) ends the output, not in an error. */
export function processStreams(env: NodeJS.ProcessEnv): Streams {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code !== 'EPIPE') {
				throw error;
			}
		});
	}

	return {
		out: text => process.stdout.write(text),
		err: text => process.stderr.write(text),
		interactive: process.stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb',
		columns: process.stdout.columns || (process.stdout.isTTY === true ? 80 : 100),
		wraps: process.stdout.isTTY === true,
	};
}
