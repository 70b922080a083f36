import {compilePatterns} from '../context/dockerignore.ts';

/** How far images must be pinned, and which are excused. */
export interface LintPolicy {
	/** `digest`: a digest. `semver`: a digest, or a tag that names a whole version. `tag`: any tag but `latest`. */
	readonly pin: 'digest' | 'tag' | 'semver';
	readonly waived: readonly WaivedImage[];
	/** The day of the run, `YYYY-MM-DD`: waivers end. */
	readonly today: string;
}

/** Images that need not be pinned. */
export interface WaivedImage {
	/** A pattern as in an ignore file (`ghcr.io/acme/**`), matched with the image's usual name, with and without its tag. */
	readonly pattern: string;
	readonly reason: string;
	/** The last day that it holds, `YYYY-MM-DD`. */
	readonly until?: string;
}

/** What counts where nothing is configured. */
export const defaultPolicy: LintPolicy = {pin: 'digest', waived: [], today: ''};

/** Why a pattern of a waiver can never match; `undefined` for one that is right. */
export function imagePatternProblem(pattern: string): string | undefined {
	const compiled = compilePatterns([pattern]);
	return compiled.kind === 'failed'
		? compiled.message
		: pattern.startsWith('!')
			? 'a pattern of images cannot begin with "!"'
			: undefined;
}
