import {compareBytes} from '../context/selector.ts';
import {type FileContent, type FileEntry, type FileTree, OpenContent} from './file-tree.ts';

/** A file, folder or link of a snapshot, without its place: snapshots share what they have in common. Never changed. */
export interface FileNode extends Omit<FileEntry, 'path'> {
	/** Of a folder: what is in it. */
	readonly children: ReadonlyMap<string, FileNode>;
	/** Of a file: its bytes. */
	readonly content?: FileContent;
}

/** What a folder's node is made of by default. */
export const plainFolder: FileNode = {
	kind: 'directory',
	mode: 0o755,
	uid: 0,
	gid: 0,
	size: 0,
	link: '',
	device: 0,
	children: new Map(),
};

/** A file's node with bytes that are at hand. */
export function fileNode(attributes: Pick<FileNode, 'mode' | 'uid' | 'gid' | 'size'>, content: FileContent): FileNode {
	return {...plainFolder, ...attributes, kind: 'file', content};
}

/**
 * The files of an image or stage as BuildKit sees them when it hashes a mounted snapshot. The root is a folder of its
 * own there, which counts like any other (BuildKit cache/contenthash/checksum.go scanPath).
 */
export function snapshotTree(root: FileNode): FileTree {
	const nodes = new WeakMap<FileEntry, FileNode>();
	const listings = new Map<string, ReadonlyMap<string, FileEntry>>();
	const entryOf = (path: string, {children, content, ...attributes}: FileNode): FileEntry => {
		const entry = {...attributes, path};
		nodes.set(entry, {...attributes, children, ...(content !== undefined && {content})});
		return entry;
	};

	const list = (entry: FileEntry): ReadonlyMap<string, FileEntry> => {
		const known = listings.get(entry.path);
		if (known !== undefined) {
			return known;
		}

		const children = [...(nodes.get(entry)?.children ?? [])].sort(([a], [b]) => compareBytes(a, b));
		const listing = new Map(
			children.map(([name, node]) => [name, entryOf(entry.path === '' ? name : `${entry.path}/${name}`, node)]),
		);
		listings.set(entry.path, listing);
		return listing;
	};

	return {
		root: entryOf('', root),
		hasBareRoot: false,
		children: entry => [...list(entry).values()],
		child: (entry, name) => list(entry).get(name),
		content(entry) {
			const content = nodes.get(entry)?.content;
			if (content === undefined) {
				throw new OpenContent(`what is in /${entry.path} is not known`);
			}

			return content;
		},
	};
}
