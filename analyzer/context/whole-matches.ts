import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {matchPath} from '../keys/go-match.ts';
import {basePath} from '../keys/go-path.ts';
import {ContextFailure} from './context-problem.ts';

/** An entry that a wildcard takes as a whole. */
export interface WholeMatch {
	/** Absolute path. */
	readonly path: string;
	readonly entry: FileEntry;
}

/**
 * What a wildcard takes in BuildKit 0.8: every entry of the tree is tried, links in front are not followed, and a folder
 * that matches is taken with all that is in it (v0.8.3 cache/contenthash/checksum.go wildcards).
 */
export function wholeMatches(tree: FileTree, pattern: string): readonly WholeMatch[] {
	const found: WholeMatch[] = [];
	const visit = (entry: FileEntry, path: string): void => {
		const matched = matchPath(pattern, path);
		if (matched === undefined) {
			throw new ContextFailure({kind: 'bad-pattern', pattern});
		}

		if (matched) {
			found.push({path, entry});
			return;
		}

		for (const child of tree.children(entry)) {
			visit(child, `${path}/${basePath(child.path)}`);
		}
	};

	for (const child of tree.children(tree.root)) {
		visit(child, `/${basePath(child.path)}`);
	}

	return found;
}
