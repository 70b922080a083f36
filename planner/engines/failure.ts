/**
 * What went wrong, from the lines buildx prints for people: from `ERROR: ` on. What comes before is an excerpt of the
 * Dockerfile; without such a line the last one has to do.
 */
export function failureMessage(lines: readonly string[]): string {
	const first = lines.findLastIndex(line => line.startsWith('ERROR: '));
	const text = first === -1 ? (lines.at(-1) ?? '') : lines.slice(first).join('\n').slice('ERROR: '.length);
	return (
		text
			.replace(/^failed to build: /, '')
			.replace(/^failed to solve: /, '')
			.trim() || 'buildx gave no reason'
	);
}

/**
 * Whether a failure says that the engine went away: the words of gRPC for a connection that broke, and of Docker's
 * client for one that could not be made.
 */
export function isConnectionLoss(message: string): boolean {
	return lossPatterns.some(pattern => pattern.test(message));
}

const lossPatterns: readonly RegExp[] = [
	/code = Unavailable/,
	/error reading from server/,
	/closing transport|transport is closing/,
	/Cannot connect to the Docker daemon/i,
	/the docker daemon is not running/i,
	/no active session/,
];
