/** Why a part of the build context has no digest. */
export type ContextProblem =
	/** Nothing there after .dockerignore. */
	| {
			readonly kind: 'missing';
			readonly path: string;
			/** It is on the disk, but this pattern of the ignore file leaves it out. */
			readonly excludedBy?: string;
			/** A path that is there and one of whose names is almost the same. */
			readonly meant?: string;
	  }
	/** There, but the file system refuses it. */
	| {readonly kind: 'unreadable'; readonly path: string; readonly reason: string}
	/** The pattern in the Dockerfile is malformed. */
	| {readonly kind: 'bad-pattern'; readonly pattern: string};

/** Carries a problem up through the recursion over folders; `contentDigest` turns it back into data. */
export class ContextFailure extends Error {
	readonly problem: ContextProblem;

	constructor(problem: ContextProblem) {
		super(`internal: ${problem.kind}`);
		this.problem = problem;
	}
}

/** Runs one file system call and turns its error into a problem that names the path. */
export function orFail<T>(path: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		throw new ContextFailure(code === 'ENOENT' ? {kind: 'missing', path} : {kind: 'unreadable', path, reason: code});
	}
}
