import type {FileEntry, FileTree} from '../files/file-tree.ts';

// BuildKit cache/contenthash/path.go maxSymlinkLimit.
const maxLinks = 255;

/**
 * The entry an absolute path leads to, links followed inside the context only: an absolute link starts at its root,
 * `..` does not leave it (BuildKit cache/contenthash/checksum.go getFollowLinks). `undefined` when nothing is there.
 */
export function followPath(tree: FileTree, path: string, followTrailing: boolean): FileEntry | undefined {
	let pending = path.split('/');
	let trail: FileEntry[] = [tree.root];
	let links = 0;
	while (pending.length > 0) {
		const [part = '', ...rest] = pending;
		pending = rest;
		if (part === '' || part === '.') {
			continue;
		}

		if (part === '..') {
			trail = trail.length > 1 ? trail.slice(0, -1) : trail;
			continue;
		}

		const current = trail.at(-1) ?? tree.root;
		const entry = tree.child(current, part);
		if (entry === undefined) {
			return undefined;
		}

		const isLast = pending.every(more => more === '' || more === '.');
		if (entry.kind === 'symlink' && (followTrailing || !isLast)) {
			links++;
			if (links > maxLinks) {
				return undefined;
			}

			trail = entry.link.startsWith('/') ? [tree.root] : trail;
			pending = [...entry.link.split('/'), ...pending];
			continue;
		}

		trail = [...trail, entry];
	}

	return trail.at(-1);
}
