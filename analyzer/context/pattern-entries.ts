import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {matchPath} from '../keys/go-match.ts';
import {basePath, joinPath} from '../keys/go-path.ts';
import {ContextFailure} from './context-problem.ts';
import {compilePatterns, type IgnoreMatcher, type MatchInfo} from './dockerignore.ts';
import {followPath} from './follow-links.ts';
import {missingPath} from './missing-path.ts';
import {containsWildcards, type Selector} from './selector.ts';

/** One entry that a selector with patterns takes: a file or link, or a folder without what is in it. */
export interface PatternEntry {
	/** Absolute path as the selector names it: a linked prefix keeps the link's name. */
	readonly path: string;
	readonly entry: FileEntry;
	/** A link on the first level is followed. */
	readonly followLinks: boolean;
}

export interface PatternEntries {
	/** What the hash of paths leaves out in front. */
	readonly prefix: string;
	readonly entries: readonly PatternEntry[];
}

interface Visit extends PatternEntry {
	included: boolean;
	readonly includeInfo: MatchInfo | undefined;
	readonly excludeInfo: MatchInfo | undefined;
}

/** The entries a wildcard, include or exclude pattern selects, in tree order (BuildKit contenthash includedPaths). */
export function patternEntries(tree: FileTree, selector: Selector): PatternEntries {
	const pattern = selector.path === '/' ? '' : selector.path;
	const prefix = selector.wildcard ? literalPrefix(pattern) : pattern;
	const start = followPath(tree, prefix, selector.wildcard);
	if (start === undefined) {
		return {prefix, entries: []};
	}

	const include = compile(selector.include);
	const exclude = compile(selector.exclude);
	const entries: PatternEntry[] = [];
	let lastMatched = '';

	// What the patterns are matched against: the path below the source, or below what the wildcard matched.
	const candidateOf = (path: string): string | undefined => {
		if (!selector.wildcard) {
			return below(path, pattern);
		}

		if (lastMatched === '' || !path.startsWith(`${lastMatched}/`)) {
			const matched = matchPath(pattern, path);
			if (matched === undefined) {
				throw new ContextFailure({kind: 'bad-pattern', pattern});
			}

			if (!matched) {
				return undefined;
			}

			lastMatched = path;
		}

		return below(path, lastMatched);
	};

	const visit = (entry: FileEntry, path: string, parents: readonly Visit[]): void => {
		// The source itself, when it is the root, has no header.
		const isBareRoot = path === '' && pattern === '';
		const parent = parents.at(-1);
		const candidate = isBareRoot ? undefined : candidateOf(path);
		let chain = parents;
		if (candidate !== undefined) {
			const includeInfo = include?.matches(candidate, parent?.includeInfo);
			const excludeInfo =
				include === undefined || includeInfo?.excluded ? exclude?.matches(candidate, parent?.excludeInfo) : undefined;
			const visited: Visit = {
				path,
				entry,
				followLinks: selector.followLinks && parent === undefined,
				included: false,
				includeInfo,
				excludeInfo,
			};
			const taken = (include === undefined || includeInfo?.excluded === true) && excludeInfo?.excluded !== true;
			if (taken) {
				for (const above of parents.filter(one => !one.included)) {
					above.included = true;
					entries.push(above);
				}

				visited.included = true;
				entries.push(visited);
			}

			chain = entry.kind === 'directory' ? [...parents, visited] : parents;
		}

		for (const child of tree.children(entry)) {
			visit(child, `${path}/${basePath(child.path)}`, chain);
		}
	};

	visit(start, prefix, []);
	const absent = selector.required.find(path => !entries.some(one => one.path.startsWith(path)));
	if (absent !== undefined) {
		throw missingPath(tree, absent);
	}

	return {prefix, entries};
}

function below(path: string, parent: string): string {
	return path === parent ? '' : path.slice(parent.length + 1);
}

// The folders in front of the first element with a wildcard; '' for the root (contenthash splitWildcards).
function literalPrefix(pattern: string): string {
	const parts = pattern.split('/');
	const first = parts.findIndex(part => containsWildcards(part));
	const joined = joinPath('/', ...parts.slice(0, first));
	return joined === '/' ? '' : joined;
}

function compile(patterns: readonly string[]): IgnoreMatcher | undefined {
	if (patterns.length === 0) {
		return undefined;
	}

	const compiled = compilePatterns(patterns);
	if (compiled.kind === 'failed') {
		throw new ContextFailure({kind: 'bad-pattern', pattern: compiled.pattern});
	}

	return compiled.matcher;
}
