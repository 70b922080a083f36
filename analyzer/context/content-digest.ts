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

export type ContentDigest =
	| {readonly kind: 'digest'; readonly digest: Digest}
	| {readonly kind: 'problem'; readonly problem: ContextProblem}
	/** Only the build can tell; without a reason because a stage has to run. Never of a build context. */
	| {readonly kind: 'open'; readonly reason: string | undefined};

/** Computes content keys over one tree of files; what several steps read is hashed once. */
export type ContentDigester = (selectors: readonly Selector[], dialect: Dialect) => ContentDigest;

/**
 * The content key of what selectors take from a tree: the digest of each, joined with NUL
 * (BuildKit ops/opsutils/contenthash.go). No selector means the whole of it.
 */
export function contentDigester(tree: FileTree): ContentDigester {
	const digests = entryDigests(tree);
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

	const [first] = entries;
	if (first === undefined) {
		return sha256('');
	}

	if (entries.length === 1 && basePath(selector.path) === basePath(first.path)) {
		return digestOf(first);
	}

	switch (dialect.patternHash) {
		case 'base-names': {
			return sha256(entries.map(one => basePath(one.path) + digestOf(one)).join('\0'));
		}

		case 'relative-paths': {
			const keyOf = (path: string) => path.slice(prefix.length).replaceAll('/', '\0') || '\0';
			return sha256(entries.map(one => keyOf(one.path) + digestOf(one)).join(''));
		}
	}
}

function pathDigest(tree: FileTree, digests: EntryDigests, path: string, followLinks: boolean): Digest {
	const entry = followPath(tree, path, followLinks);
	if (entry === undefined) {
		throw missingPath(tree, path);
	}

	return digests.digest(entry);
}
