import {followPath} from '../context/follow-links.ts';
import {containsWildcards} from '../context/selector.ts';
import {matchPath} from '../keys/go-match.ts';
import {basePath} from '../keys/go-path.ts';
import {type FileEntry, type FileTree, OpenContent} from './file-tree.ts';

/**
 * The paths a source with wildcards stands for, in tree order; a path without wildcards stands for itself. What is in a
 * folder that matches is not matched again (BuildKit fsutil/copy/copy.go ResolveWildcards). Throws `OpenContent`.
 */
export function wildcardMatches(tree: FileTree, path: string): readonly string[] {
	const parts = path.split('/').filter(part => part !== '');
	const first = parts.findIndex(part => containsWildcards(part));
	if (first === -1) {
		return [path];
	}

	const start = followPath(tree, `/${parts.slice(0, first).join('/')}`, true);
	if (start === undefined) {
		throw new OpenContent(`nothing is at ${path} to copy`);
	}

	const pattern = parts.slice(first).join('/');
	const found: string[] = [];
	const visit = (folder: FileEntry, below: string): void => {
		for (const child of folder.kind === 'directory' ? tree.children(folder) : []) {
			const relative = below === '' ? basePath(child.path) : `${below}/${basePath(child.path)}`;
			if (matchPath(pattern, relative) === true) {
				found.push(`/${child.path}`);
			} else {
				visit(child, relative);
			}
		}
	};

	visit(start, '');
	return found;
}
