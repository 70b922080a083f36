import {quote} from '../dockerfile/quote.ts';
import {trimSpace} from '../dockerfile/white-space.ts';
import {matchPath} from '../keys/go-match.ts';
import {cleanPath} from '../keys/go-path.ts';
import {compileIgnorePattern, type IgnorePattern} from './ignore-pattern.ts';

/** What a path's match says of the paths below it. */
export interface MatchInfo {
	/** The path is left out of the context. */
	readonly excluded: boolean;
	/** Which patterns matched the path or a folder above it, in the order of the patterns. */
	readonly matched: readonly boolean[];
}

/** The patterns of an ignore file, ready to match. */
export interface IgnoreMatcher {
	/** The patterns as they are matched, without their `!`. */
	readonly patterns: readonly IgnorePattern[];
	/** One of the patterns begins with `!`. */
	readonly hasExclusions: boolean;
	/**
	 * Matches a path below the context, with forward slashes and none in front. `parent` is what its folder gave: the
	 * walker of BuildKit's client hands it on, and so the answer can differ from that for the path alone
	 * (patternmatcher MatchesUsingParentResults). Without it, as on the first level, the folders above are matched too.
	 */
	matches(path: string, parent?: MatchInfo): MatchInfo;
	/** Whether an excluded folder must be walked all the same: a `!` pattern may let something below it in. */
	mayHoldIncluded(directory: string): boolean;
}

export type CompileResult =
	| {readonly kind: 'compiled'; readonly matcher: IgnoreMatcher}
	| {readonly kind: 'failed'; readonly message: string; readonly pattern: string};

/**
 * The patterns of an ignore file: comments begin in the first column, white space around a pattern and behind its `!`
 * goes, paths are cleaned and lose their leading slash (moby/patternmatcher ignorefile ReadAll).
 */
export function parseIgnoreFile(text: string): readonly string[] {
	const patterns: string[] = [];
	for (const line of text.replace(/^\ufeff/, '').split('\n')) {
		const pattern = trimSpace(line);
		if (line.startsWith('#') || pattern === '') {
			continue;
		}

		const inverted = pattern.startsWith('!');
		patterns.push(inverted ? `!${cleanPattern(trimSpace(pattern.slice(1)))}` : cleanPattern(pattern));
	}

	return patterns;
}

function cleanPattern(pattern: string): string {
	const cleaned = pattern === '' ? '' : cleanPath(pattern);
	return cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
}

/**
 * Compiles patterns (patternmatcher New). A pattern that can never be matched fails here at once; BuildKit fails when
 * it first comes to it.
 */
export function compilePatterns(patterns: readonly string[]): CompileResult {
	const compiled: IgnorePattern[] = [];
	for (const pattern of patterns) {
		const text = trimSpace(pattern);
		if (text === '') {
			continue;
		}

		const cleaned = cleanPath(text);
		const inverted = cleaned.startsWith('!');
		const path = inverted ? cleaned.slice(1) : cleaned;
		if (path === '') {
			return {kind: 'failed', message: 'a pattern cannot be "!" alone', pattern};
		}

		const one = matchPath(path, '.') === undefined ? undefined : compileIgnorePattern(path, inverted);
		if (one === undefined) {
			return {kind: 'failed', message: `invalid pattern ${quote(pattern)}`, pattern};
		}

		compiled.push(one);
	}

	return {kind: 'compiled', matcher: createMatcher(compiled)};
}

function createMatcher(patterns: readonly IgnorePattern[]): IgnoreMatcher {
	const exclusions = patterns.filter(({inverted}) => inverted);
	const prefixes = exclusions.map(({text}) => withoutTrailingGlob(text));
	const onlyPrefixes = prefixes.every(prefix => !/[*[\]?^\\]/.test(prefix));
	return {
		patterns,
		hasExclusions: exclusions.length > 0,
		matches: (path, parent) => matchPatterns(patterns, path, parent),
		mayHoldIncluded: directory => !onlyPrefixes || prefixes.some(prefix => `${prefix}/`.startsWith(`${directory}/`)),
	};
}

/** The last pattern that matches decides; one that could not change the answer is not looked at and so not recorded. */
function matchPatterns(patterns: readonly IgnorePattern[], path: string, parent: MatchInfo | undefined): MatchInfo {
	const above = parent === undefined ? foldersAbove(path) : [];
	let excluded = false;
	const matched = patterns.map((pattern, index) => {
		if (parent?.matched[index] !== true) {
			if (pattern.inverted !== excluded) {
				return false;
			}

			if (!pattern.matches(path) && !above.some(folder => pattern.matches(folder))) {
				return false;
			}
		}

		excluded = !pattern.inverted;
		return true;
	});
	return {excluded, matched};
}

/** `a/b/c` lies in `a` and `a/b`. */
function foldersAbove(path: string): readonly string[] {
	const folders: string[] = [];
	for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
		folders.push(path.slice(0, slash));
	}

	return folders;
}

/** fsutil filter.go patternWithoutTrailingGlob: first `/**`, then `/*` goes. */
function withoutTrailingGlob(pattern: string): string {
	return pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, '');
}
