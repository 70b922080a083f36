import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {matchPath} from '../keys/go-match.ts';
import {basePath, joinPath} from '../keys/go-path.ts';
import {compareBytes, containsWildcards} from './selector.ts';

/**
 * Of the paths that a build reads from a context, those that its builder is not sent whole. buildx sends what the paths
 * name and what their links lead to, but follows each link only for the first path through it (fsutil followlinks.go):
 * with `lib` a link, COPY lib/a and COPY lib/b get only `a`. `paths` are absolute, in any order; one that is `/` lifts
 * the limit (dockerfile2llb/convert.go filterPaths).
 */
export function unsentPaths(tree: FileTree, paths: readonly string[]): readonly string[] {
	const followed = paths.map(path => ({path, start: joinPath('.', path)}));
	if (followed.some(({start}) => start === '.')) {
		return [];
	}

	const sent = new Set<string>();
	for (const {start} of [...followed].sort((a, b) => compareBytes(a.start, b.start))) {
		follow(tree, start, sent, current => sent.has(current));
	}

	return followed.filter(({start}) => !isSent(tree, start, sent)).map(({path}) => path);
}

// Whether everything is sent that a path leads to; here a link is followed as often as paths come by.
function isSent(tree: FileTree, start: string, sent: ReadonlySet<string>): boolean {
	const seen = new Set<string>();
	const needed = new Set<string>();
	follow(tree, start, needed, (current, rest) => {
		const place = `${current}\0${rest}`;
		const isSeen = seen.has(place);
		seen.add(place);
		return isSeen;
	});
	return Array.from(needed).every(path => withParents(path).some(one => sent.has(one)));
}

// Adds to `found` where a path leads and every link on the way.
function follow(
	tree: FileTree,
	start: string,
	found: Set<string>,
	isDone: (current: string, rest: string) => boolean,
): void {
	const todo = [start];
	for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
		for (const current of withParents(path)) {
			const rest = path.slice(current.length + 1);
			const targets = linkTargets(tree, current);
			if (rest !== '' && targets.length === 0) {
				continue;
			}

			if (!isDone(current, rest)) {
				found.add(current);
				todo.push(...targets.map(target => joinPath('.', target, rest)).reverse());
			}

			break;
		}
	}
}

// Where a link leads, as an absolute path; a last name with wildcards stands for all links that it matches.
function linkTargets(tree: FileTree, path: string): readonly string[] {
	const name = basePath(path);
	const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
	const parent = entryAt(tree, folder);
	if (parent?.kind !== 'directory') {
		return [];
	}

	const own = tree.child(parent, name);
	const entries = containsWildcards(name)
		? tree.children(parent).filter(entry => matchPath(name, basePath(entry.path)) === true)
		: own === undefined
			? []
			: [own];
	return entries
		.filter(({kind}) => kind === 'symlink')
		.map(({link}) => (link.startsWith('/') ? link : joinPath('/', folder, link)));
}

function entryAt(tree: FileTree, path: string): FileEntry | undefined {
	let entry: FileEntry | undefined = tree.root;
	for (const name of path === '' || path === '.' ? [] : path.split('/')) {
		entry = entry?.kind === 'directory' ? tree.child(entry, name) : undefined;
	}

	return entry;
}

// a, a/b, a/b/c
function withParents(path: string): readonly string[] {
	const parts = path.split('/');
	return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
