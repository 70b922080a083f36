import ignore from 'ignore';

/** Whether patterns as in a .gitignore leave a path out, take it back, or say nothing of it. */
export type GitPatterns = (path: string) => 'out' | 'in' | undefined;

/** Compiles patterns. Paths are relative to the folder of the patterns, with forward slashes, folders with one behind. */
export function gitPatterns(patterns: string | readonly string[]): GitPatterns {
	const compiled = ignore({ignorecase: false}).add(patterns);
	return path => {
		const {ignored, unignored} = compiled.test(path);
		return ignored ? 'out' : unignored ? 'in' : undefined;
	};
}
