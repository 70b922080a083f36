import {createHash} from 'node:crypto';
import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {tarsumHeader} from './entry-digest.ts';

/**
 * A build context as git would have written it under each of the umasks: git keeps of a mode only whether the owner may
 * execute a file, makes files 0666 or 0777 and folders 0777, and the umask takes bits away. Links and what is no file
 * or folder stay as they are, and so do setuid, setgid and sticky bits, which no umask takes. A file is read whole and
 * once for all of them.
 */
export function umaskTrees(tree: FileTree, umasks: readonly number[]): ReadonlyMap<number, FileTree> {
	const known = new Map<string, ReadonlyMap<string, string>>();
	const digestsOf = (entry: FileEntry): ReadonlyMap<string, string> => {
		const bytes = tree.content(entry).head(entry.size);
		return new Map(
			umasks.map(umask => {
				const header = tarsumHeader(under(entry, umask));
				return [header.toString('latin1'), createHash('sha256').update(header).update(bytes).digest('hex')];
			}),
		);
	};

	const content: FileTree['content'] = entry => ({
		digest(header) {
			const digests = known.get(entry.path) ?? digestsOf(entry);
			known.set(entry.path, digests);
			return digests.get(Buffer.from(header).toString('latin1')) ?? tree.content(entry).digest(header);
		},
		head: limit => tree.content(entry).head(limit),
	});
	return new Map(umasks.map(umask => [umask, {...treeUnder(tree, umask), content}]));
}

function treeUnder(tree: FileTree, umask: number): FileTree {
	return {
		...tree,
		root: under(tree.root, umask),
		children: entry => tree.children(entry).map(child => under(child, umask)),
		child(entry, name) {
			const found = tree.child(entry, name);
			return found === undefined ? undefined : under(found, umask);
		},
	};
}

function under(entry: FileEntry, umask: number): FileEntry {
	const {kind, mode} = entry;
	const special = mode & 0o7000;
	switch (kind) {
		case 'file': {
			return {...entry, mode: special | ((mode & 0o100 ? 0o777 : 0o666) & ~umask)};
		}

		case 'directory': {
			return {...entry, mode: special | (0o777 & ~umask)};
		}

		default: {
			return entry;
		}
	}
}
