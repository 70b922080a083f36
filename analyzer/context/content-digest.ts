import {type FileTree, OpenContent} from '../files/file-tree.ts';
import type {Dialect} from '../keys/dialect.ts';
import {type Digest, sha256} from '../keys/digest.ts';
import {basePath} from '../keys/go-path.ts';
import {ContextFailure, type ContextProblem} from './context-problem.ts';
import {type EntryDigests, entryDigests} from './entry-digest.ts';
import {followPath} from './follow-links.ts';
import {missingPath} from './missing-path.ts';
import {type PatternEntry, patternEntries} from './pattern-entries.ts';
import {hasPatterns, pathSelector, type Selector} from './selector.ts';
import {wholeMatches} from './whole-matches.ts';

export type ContentDigest =
	| {readonly kind: 'digest'; readonly digest: Digest}
	| {readonly kind: 'problem'; readonly problem: ContextProblem}
	/** Only the build can tell; without a reason because a stage has to run. Never of a build context. */
	| {readonly kind: 'open'; readonly reason: string | undefined};

/** Computes content keys over one tree of files; what several steps read is hashed once. */
export type ContentDigester = (selectors: readonly Selector[], dialect: Dialect) => ContentDigest;

/**
 * The content key of what selectors take from a tree: the digest of each, joined with NUL
 * (BuildKit ops/opsutils/contenthash.go). No selector means the whole of it. `digests` are those of the same tree, where
 * others use them too.
 */
export function contentDigester(tree: FileTree, digests: EntryDigests = entryDigests(tree)): ContentDigester {
	return (selectors, dialect) => {
		const effective = selectors.length === 0 ? [pathSelector('/', false)] : selectors;
		try {
			const parts = effective.map(selector => selectorDigest(tree, digests, selector, dialect));
			return {kind: 'digest', digest: sha256(parts.join('\0'))};
		} catch (error) {
			if (error instanceof ContextFailure) {
				return {kind: 'problem', problem: error.problem};
			}

			if (error instanceof OpenContent) {
				return {kind: 'open', reason: error.reason};
			}

			throw error;
		}
	};
}

// BuildKit cache/contenthash/checksum.go Checksum.
function selectorDigest(tree: FileTree, digests: EntryDigests, selector: Selector, dialect: Dialect): Digest {
	if (!hasPatterns(selector)) {
		return pathDigest(tree, digests, selector.path, selector.followLinks);
	}

	if (dialect.patternHash === 'whole-folders') {
		const matches = wholeMatches(tree, selector.path).map(({path, entry}) => ({
			path,
			digest:
				selector.followLinks && entry.kind === 'symlink'
					? pathDigest(tree, digests, path, true)
					: digests.digest(entry),
		}));
		return joinedByBase(selector.path, matches);
	}

	const {prefix, entries} = patternEntries(tree, selector);
	const digestOf = ({entry, path, followLinks}: PatternEntry): Digest => {
		if (entry.kind === 'directory') {
			return digests.header(entry);
		}

		const isFollowed = followLinks || (selector.followLinks && dialect.followsAllMatches);
		return isFollowed && entry.kind === 'symlink'
			? pathDigest(tree, digests, path, selector.followLinks)
			: digests.digest(entry);
	};

	const matches = entries.map(one => ({path: one.path, digest: digestOf(one)}));
	if (dialect.patternHash === 'base-names' || isItself(selector.path, matches)) {
		return joinedByBase(selector.path, matches);
	}

	const keyOf = (path: string) => path.slice(prefix.length).replaceAll('/', '\0') || '\0';
	return sha256(matches.map(({path, digest}) => keyOf(path) + digest).join(''));
}

interface HashedMatch {
	readonly path: string;
	readonly digest: Digest;
}

// Nothing, or one entry that has the name of the pattern.
function isItself(pattern: string, matches: readonly HashedMatch[]): boolean {
	const [first, second] = matches;
	return first === undefined || (second === undefined && basePath(pattern) === basePath(first.path));
}

function joinedByBase(pattern: string, matches: readonly HashedMatch[]): Digest {
	return isItself(pattern, matches)
		? (matches[0]?.digest ?? sha256(''))
		: sha256(matches.map(({path, digest}) => basePath(path) + digest).join('\0'));
}

function pathDigest(tree: FileTree, digests: EntryDigests, path: string, followLinks: boolean): Digest {
	const entry = followPath(tree, path, followLinks);
	if (entry === undefined) {
		throw missingPath(tree, path);
	}

	return digests.digest(entry);
}
