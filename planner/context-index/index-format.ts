import {createHash} from 'node:crypto';
import type {FileStamp} from '../../analyzer/index.ts';

/** A file's digest as it was with a stamp. */
export interface IndexEntry {
	readonly stamp: FileStamp;
	/** SHA-256 in hex. */
	readonly digest: string;
}

/** An index that was read; entries are looked at when they are asked for. */
export interface ReadIndex {
	readonly paths: Iterable<string>;
	readonly size: number;
	get(path: string): IndexEntry | undefined;
	/** The digest of a file, unless it was another then. */
	find(path: string, stamp: FileStamp): string | undefined;
}

const magic = 'cachecast context index 1\n';
const stampFields = 5;
const digestBytes = 32;
const checksumBytes = 32;

/**
 * The index of a context as bytes: a line of text, the length of the rest's head, the head (JSON: folder, number of
 * entries, bytes of paths), then column by column the stamps, digests and paths, and a checksum of all before it.
 */
export function formatIndex(directory: string, entries: ReadonlyMap<string, IndexEntry>): Uint8Array {
	const paths = Buffer.from([...entries.keys()].join('\0'));
	const head = Buffer.from(JSON.stringify({directory, entries: entries.size, pathBytes: paths.length}));
	const start = Buffer.from(`${magic}${String(head.length).padStart(8)}\n`);
	const stamps = Buffer.alloc(entries.size * stampFields * 8);
	const digests = Buffer.alloc(entries.size * digestBytes);
	let place = 0;
	for (const {stamp, digest} of entries.values()) {
		const fields = [stamp.mode, stamp.size, stamp.modifiedMs, stamp.changedMs, stamp.inode];
		for (const [field, value] of fields.entries()) {
			stamps.writeDoubleLE(value, (place * stampFields + field) * 8);
		}

		digests.write(digest, place * digestBytes, 'hex');
		place++;
	}

	const body = Buffer.concat([start, head, stamps, digests, paths]);
	return Buffer.concat([body, checksum(body)]);
}

/** The entries of an index of this folder; `undefined` for one that is cut, damaged, foreign or of another version. */
export function parseIndex(bytes: Buffer, directory: string): ReadIndex | undefined {
	const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes));
	if (
		!body.subarray(0, magic.length).equals(Buffer.from(magic)) ||
		!checksum(body).equals(bytes.subarray(body.length))
	) {
		return undefined;
	}

	const headStart = magic.length + 9;
	const headLength = Number(body.toString('latin1', magic.length, headStart));
	// Whole by its checksum, so that it is as it was written.
	const head = JSON.parse(body.toString('utf8', headStart, headStart + headLength)) as {
		readonly directory: string;
		readonly entries: number;
		readonly pathBytes: number;
	};
	if (head.directory !== directory || head.entries === 0) {
		return undefined;
	}

	const stampsAt = headStart + headLength;
	const digestsAt = stampsAt + head.entries * stampFields * 8;
	const pathsAt = digestsAt + head.entries * digestBytes;
	const paths = body.toString('utf8', pathsAt, pathsAt + head.pathBytes).split('\0');
	const field = (place: number, which: number) => body.readDoubleLE(stampsAt + (place * stampFields + which) * 8);
	const places = new Map<string, number>();
	for (const [place, path] of paths.entries()) {
		places.set(path, place);
	}

	const digest = (place: number): string => {
		const at = digestsAt + place * digestBytes;
		return body.toString('hex', at, at + digestBytes);
	};
	return {
		paths,
		size: places.size,
		get(path) {
			const place = places.get(path);
			return place === undefined
				? undefined
				: {
						stamp: {
							mode: field(place, 0),
							size: field(place, 1),
							modifiedMs: field(place, 2),
							changedMs: field(place, 3),
							inode: field(place, 4),
						},
						digest: digest(place),
					};
		},
		find(path, stamp) {
			const place = places.get(path);
			return place !== undefined &&
				field(place, 3) === stamp.changedMs &&
				field(place, 2) === stamp.modifiedMs &&
				field(place, 1) === stamp.size &&
				field(place, 4) === stamp.inode &&
				field(place, 0) === stamp.mode
				? digest(place)
				: undefined;
		},
	};
}

function checksum(body: Uint8Array): Buffer {
	return createHash('sha256').update(body).digest();
}
