import {createHash, type Hash} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';
import nodePath from 'node:path';
import {type Digest, sha256} from '../keys/digest.ts';
import {orFail} from './context-problem.ts';
import type {ContextEntry, ContextTree} from './context-tree.ts';
import {compareBytes} from './selector.ts';

const typeFlags = {file: '0', symlink: '2', device: '3', 'block-device': '4', directory: '5', fifo: '6'} as const;

/**
 * Digests of single entries and whole folders, each computed once (BuildKit cache/contenthash). Neither name nor
 * time of an entry is in its own digest.
 */
export interface EntryDigests {
	/** A file, link or folder; a folder's digest covers all that is in it. */
	digest(entry: ContextEntry): Digest;
	/** The digest of a folder's own mode, without what is in it. */
	header(entry: ContextEntry): Digest;
}

/** Digests over a context. Reading throws `ContextFailure` where the file system refuses. */
export function entryDigests(tree: ContextTree): EntryDigests {
	const known = new Map<string, Digest>();

	const digest = (entry: ContextEntry): Digest => {
		const cached = known.get(entry.path);
		if (cached !== undefined) {
			return cached;
		}

		const computed = entry.kind === 'directory' ? directoryDigest(entry) : leafDigest(tree.directory, entry);
		known.set(entry.path, computed);
		return computed;
	};

	// In byte order: NUL and the header, then for each child NUL, its name and its digest (checksum.go).
	const directoryDigest = (entry: ContextEntry): Digest => {
		const hash = createHash('sha256').update('\0').update(headerDigest(entry));
		for (const child of tree.children(entry)) {
			hash.update(`\0${nodePath.posix.basename(child.path)}`).update(digest(child));
		}

		return digestOf(hash);
	};

	return {digest, header: headerDigest};
}

// The root of a context never arrives as a change, so BuildKit puts a fixed header in its place.
function headerDigest(entry: ContextEntry): Digest {
	return entry.path === '' ? sha256('') : digestOf(createHash('sha256').update(tarsumHeader(entry)));
}

// tarsum version 1: names and values without separators (cache/contenthash/tarsum.go).
function tarsumHeader({kind, mode, uid, gid, size, link, device, xattrs}: ContextEntry): Buffer {
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

// One buffer for all files: never a whole big file in memory.
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

function leafDigest(directory: string, entry: ContextEntry): Digest {
	const hash = createHash('sha256').update(tarsumHeader(entry));
	if (entry.kind === 'file' && entry.size > 0) {
		const absolute = nodePath.join(directory, entry.path);
		const descriptor = orFail(entry.path, () => openSync(absolute, 'r'));
		try {
			for (;;) {
				const read = orFail(entry.path, () => readSync(descriptor, buffer, 0, buffer.length, null));
				if (read === 0) {
					break;
				}

				hash.update(buffer.subarray(0, read));
			}
		} finally {
			closeSync(descriptor);
		}
	}

	return digestOf(hash);
}

function digestOf(hash: Hash): Digest {
	return `sha256:${hash.digest('hex')}`;
}
