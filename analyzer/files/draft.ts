import {OpenContent} from './file-tree.ts';
import {type FileNode, plainFolder} from './snapshot.ts';

/** A place in a snapshot: the names from the root. */
export type Place = readonly string[];

/** A snapshot that is being changed. What it began as stays as it is. */
export interface Draft {
	at(place: Place): FileNode | undefined;
	/** Puts a node, in place of what was there; the folder it goes into must be there. */
	put(place: Place, node: FileNode): void;
	remove(place: Place): void;
	/** The place a path leads to, all links followed; what is not there yet has a place too. Throws `OpenContent`. */
	resolve(path: string): Place;
	root(): FileNode;
}

// BuildKit vendor/github.com/containerd/continuity/fs/path.go.
const maxLinks = 255;

/** Begins to change a snapshot. Folders are copied when first something in them changes. */
export function draftOf(base: FileNode): Draft {
	const owned = new WeakMap<FileNode, Map<string, FileNode>>();
	const own = (node: FileNode): FileNode => {
		if (owned.has(node)) {
			return node;
		}

		const children = new Map(node.children);
		const copy = {...node, children};
		owned.set(copy, children);
		return copy;
	};

	let root = own(base);
	const at = (place: Place): FileNode | undefined => {
		let node: FileNode | undefined = root;
		for (const name of place) {
			node = node.children.get(name);
			if (node === undefined) {
				return undefined;
			}
		}

		return node;
	};

	/** The children of the folder at a place, ready to be changed. */
	const open = (place: Place): Map<string, FileNode> => {
		let folder = root;
		for (const name of place) {
			const child = folder.children.get(name);
			if (child?.kind !== 'directory') {
				throw new OpenContent(`/${place.join('/')} is no folder`);
			}

			const mine = own(child);
			owned.get(folder)?.set(name, mine);
			folder = mine;
		}

		return owned.get(folder) ?? new Map();
	};

	return {
		at,
		put(place, node) {
			const name = place.at(-1);
			if (name === undefined) {
				root = own(node);
			} else {
				open(place.slice(0, -1)).set(name, node);
			}
		},
		remove(place) {
			open(place.slice(0, -1)).delete(place.at(-1) ?? '');
		},
		resolve: path => resolvePlace(at, path),
		root: () => root,
	};
}

// continuity fs.RootPath: links are followed inside the root only, also the last element.
function resolvePlace(at: (place: Place) => FileNode | undefined, path: string): Place {
	let pending = path.split('/');
	let place: string[] = [];
	let links = 0;
	for (;;) {
		const [part, ...rest] = pending;
		if (part === undefined) {
			return place;
		}

		pending = rest;
		if (part === '' || part === '.') {
			continue;
		}

		if (part === '..') {
			place = place.slice(0, -1);
			continue;
		}

		const here = at(place);
		const node = here?.children.get(part);
		if (here !== undefined && here.kind !== 'directory') {
			throw new OpenContent(`/${place.join('/')} is no folder`);
		}

		if (node === undefined && pending.includes('..')) {
			throw new OpenContent(`a link leads out of a folder that is not there: ${path}`);
		}

		if (node?.kind !== 'symlink') {
			place = [...place, part];
			continue;
		}

		links++;
		if (links > maxLinks) {
			throw new OpenContent(`too many links in ${path}`);
		}

		place = node.link.startsWith('/') ? [] : place;
		pending = [...node.link.split('/'), ...pending];
	}
}

/**
 * Makes a folder and those above it that are not there. New ones get `mode` and the owner, root without one (BuildKit
 * vendor/github.com/tonistiigi/fsutil/copy/mkdir.go). Throws `OpenContent`.
 */
export function makeFolders(
	draft: Draft,
	place: Place,
	mode: number | 'unsure',
	owner: {readonly uid: number; readonly gid: number} | undefined,
): void {
	for (const [index] of place.entries()) {
		const folder = place.slice(0, index + 1);
		const known = draft.at(folder);
		if (known !== undefined && known.kind !== 'directory') {
			throw new OpenContent(`/${folder.join('/')} is no folder`);
		}

		if (known !== undefined) {
			continue;
		}

		if (mode === 'unsure') {
			throw new OpenContent('which mode --chmod gives to new folders above the copy depends on the builder');
		}

		const parent = draft.at(folder.slice(0, -1)) ?? plainFolder;
		if ((parent.mode & 0o2000) !== 0) {
			throw new OpenContent(`/${folder.slice(0, -1).join('/')} hands its group on to what is made in it`);
		}

		draft.put(folder, {...plainFolder, mode: mode & 0o777, ...owner});
	}
}
