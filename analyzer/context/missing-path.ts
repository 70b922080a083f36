import {suggest} from '../dockerfile/suggest.ts';
import type {FileTree} from '../files/file-tree.ts';
import {ContextFailure} from './context-problem.ts';
import {followPath} from './follow-links.ts';

/** Names shorter than this are two edits away from nearly everything. */
const MIN_LENGTH = 4;

/**
 * The failure for an absolute path that leads nowhere in a tree, with the likely reason: an ignore pattern, or a
 * misspelt name. Only this looks at the disk again, and only at what could stand in the path's place.
 */
export function missingPath(tree: FileTree, path: string): ContextFailure {
	const parts = path.split('/').filter(part => part !== '' && part !== '.');
	const absent = parts.findIndex((_, index) => !isThere(tree, parts.slice(0, index + 1)));
	const folder = absent === -1 ? undefined : followPath(tree, parts.slice(0, absent).join('/'), true);
	if (folder === undefined) {
		return new ContextFailure({kind: 'missing', path});
	}

	const excludedBy = tree.excludedBy?.(folder, parts.slice(absent));
	if (excludedBy !== undefined) {
		return new ContextFailure({kind: 'missing', path, excludedBy});
	}

	const name = parts[absent] ?? '';
	const names = tree.children(folder).map(entry => entry.path.slice(entry.path.lastIndexOf('/') + 1));
	const match = name.length < MIN_LENGTH ? undefined : suggest(name, names);
	const meant = match === undefined ? [] : parts.with(absent, match);
	return new ContextFailure({
		kind: 'missing',
		path,
		...(meant.length > 0 && isThere(tree, meant) && {meant: `/${meant.join('/')}`}),
	});
}

// A folder beside the path that cannot be read is no reason to fail in another way.
function isThere(tree: FileTree, parts: readonly string[]): boolean {
	try {
		return followPath(tree, parts.join('/'), true) !== undefined;
	} catch (error) {
		if (error instanceof ContextFailure) {
			return false;
		}

		throw error;
	}
}
