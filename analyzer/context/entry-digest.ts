import {type FileEntry, type FileTree, OpenContent} from '../files/file-tree.ts';
import {type Digest, sha256} from '../keys/digest.ts';
import {compareBytes} from './selector.ts';

const typeFlags = {file: '0', symlink: '2', device: '3', 'block-device': '4', directory: '5', fifo: '6'} as const;

/**
 * Digests of single entries and whole folders, each computed once (BuildKit cache/contenthash). Neither name nor
 * time of an entry is in its own digest.
 */
export interface EntryDigests {
	/** A file, link or folder; a folder's digest covers all that is in it. */
	digest(entry: FileEntry): Digest;
	/** The digest of a folder's own mode, without what is in it. */
	header(entry: FileEntry): Digest;
}

/**
 * Digests over a tree. Reading throws `ContextFailure` where the file system refuses, `OpenContent` where only the build
 * can tell.
 */
export function entryDigests(tree: FileTree): EntryDigests {
	const known = new Map<string, Digest>();

	const digest = (entry: FileEntry): Digest => {
		const cached = known.get(entry.path);
		if (cached !== undefined) {
			return cached;
		}

		const computed = entry.kind === 'directory' ? directoryDigest(entry) : leafDigest(tree, entry);
		known.set(entry.path, computed);
		return computed;
	};

	// In byte order: NUL and the header, then for each child NUL, its name and its digest (checksum.go).
	const directoryDigest = (entry: FileEntry): Digest => {
		const parts = ['\0', headerDigest(entry)];
		for (const child of tree.children(entry)) {
			parts.push('\0', baseName(child.path), digest(child));
		}

		return sha256(parts.join(''));
	};

	// The root of a context never arrives as a change, so BuildKit puts a fixed header in its place.
	const headerDigest = (entry: FileEntry): Digest =>
		tree.hasBareRoot && entry.path === '' ? sha256('') : sha256(tarsumHeader(entry));

	return {digest, header: headerDigest};
}

function leafDigest(tree: FileTree, entry: FileEntry): Digest {
	if (entry.kind !== 'file') {
		return sha256(tarsumHeader(entry));
	}

	const known = tree.memo?.find(entry);
	if (known !== undefined) {
		return `sha256:${known}`;
	}

	const digest = tree.content(entry).digest(tarsumHeader(entry));
	tree.memo?.note(entry, digest);
	return `sha256:${digest}`;
}

/**
 * What is hashed of an entry in front of its bytes, tarsum version 1: names and values without separators (BuildKit
 * cache/contenthash/tarsum.go). Throws `OpenContent` where it is not known for sure.
 */
export function tarsumHeader({kind, mode, uid, gid, size, link, device, xattrs, doubt}: FileEntry): Buffer {
	if (doubt !== undefined) {
		throw new OpenContent(doubt);
	}

	const isDevice = kind === 'device' || kind === 'block-device';
	const major = isDevice ? (device >> 8) & 0xfff : 0;
	const minor = isDevice ? (device & 0xff) | ((device >> 12) & 0xfff00) : 0;
	const owner = `uid${uid}gid${gid}`;
	const text = `namemode${mode}${owner}size${size}typeflag${typeFlags[kind]}linkname${link}unamegnamedevmajor${major}devminor${minor}`;
	const attributes = [...(xattrs ?? [])]
		.filter(([name]) => countsInHeader(name))
		.sort(([a], [b]) => compareBytes(a, b))
		.flatMap(([name, value]) => [Buffer.from(name), value]);
	return Buffer.concat([Buffer.from(text), ...attributes]);
}

function countsInHeader(attribute: string): boolean {
	return attribute === 'security.capability' || !/^(?:security|system)\./.test(attribute);
}

function baseName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
