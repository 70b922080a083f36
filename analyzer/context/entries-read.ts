import type {FileEntry, FileTree} from '../files/file-tree.ts';
import type {Dialect} from '../keys/dialect.ts';
import {followPath} from './follow-links.ts';
import {patternEntries} from './pattern-entries.ts';
import {hasPatterns, pathSelector, type Selector} from './selector.ts';
import {wholeMatches} from './whole-matches.ts';

/**
 * The entries that a content key is made of, each once, by the path that the tree has them under; nothing is read of
 * them. The root of a context is left out, as it has no header. Throws as the digester does. `whole` takes in the folders
 * that are read with all that is in them; what is in those that it holds already is passed over.
 */
export function entriesRead(
	tree: FileTree,
	selectors: readonly Selector[],
	dialect: Dialect,
	whole: Set<FileEntry> = new Set(),
): ReadonlyMap<string, FileEntry> {
	const found = new Map<string, FileEntry>();
	const take = (entry: FileEntry): void => {
		if (!(tree.hasBareRoot && entry.path === '')) {
			found.set(entry.path, entry);
		}
	};
	const takeAll = (entry: FileEntry | undefined): void => {
		const pending = entry === undefined ? [] : [entry];
		for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
			take(next);
			if (next.kind === 'directory' && !whole.has(next)) {
				whole.add(next);
				for (const child of tree.children(next)) {
					pending.push(child);
				}
			}
		}
	};

	for (const selector of selectors.length === 0 ? [pathSelector('/', false)] : selectors) {
		if (!hasPatterns(selector)) {
			takeAll(followPath(tree, selector.path, selector.followLinks));
		} else if (dialect.patternHash === 'whole-folders') {
			for (const {path, entry} of wholeMatches(tree, selector.path)) {
				takeAll(selector.followLinks ? followPath(tree, path, true) : entry);
			}
		} else {
			for (const {path, entry, followLinks} of patternEntries(tree, selector).entries) {
				const isFollowed =
					entry.kind === 'symlink' && (followLinks || (selector.followLinks && dialect.followsAllMatches));
				if (isFollowed) {
					takeAll(followPath(tree, path, selector.followLinks));
				} else {
					take(entry);
				}
			}
		}
	}

	return found;
}
