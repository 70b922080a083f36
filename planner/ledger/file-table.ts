import type {FilePart, ReadPart} from '../preimages/step-preimage.ts';
import {fromFrontCoded, frontCoded} from './front-coding.ts';
import {mostFiles} from './ledger.ts';

/** The files of one context that steps read, each once, in the order of their paths. */
export interface FileTable {
	readonly context?: string;
	readonly ignore: readonly string[];
	readonly paths: readonly string[];
	/** How many characters of each path are those of the one before; absent: the paths are whole, as version 1 has them. */
	readonly shared?: readonly number[];
	/** Kind and octal mode: `f644`. */
	readonly kinds: readonly string[];
	/** The marks one behind the other, each of {@link fileMarkLength} characters: so they take least room compressed. */
	readonly marks: string;
}

/** What one step reads, as runs of places in a table: start, length, start, length … `null`: too many to keep. */
export interface ReadRows {
	readonly table: number;
	readonly rows: readonly number[] | null;
	readonly total: number;
}

export interface PackedReads {
	readonly tables: readonly FileTable[];
	readonly reads: readonly (readonly ReadRows[])[];
}

/**
 * A file is told by 16 bits of its digest: enough to see that it changed (once in 65,536 it is not seen, and the step
 * misses all the same), and little for whoever would guess what is in it.
 */
const fileMarkLength = 4;

const letters: Readonly<Record<FilePart['kind'], string>> = {
	file: 'f',
	directory: 'd',
	symlink: 'l',
	fifo: 'p',
	device: 'c',
	'block-device': 'b',
};

/** Puts what steps read into one table for each context, so that a file that several read is there once. */
export function packReads(steps: readonly (readonly ReadPart[])[]): PackedReads {
	const contexts = new Map<
		string | undefined,
		{readonly ignore: readonly string[]; readonly files: Map<string, FilePart>}
	>();
	let count = 0;
	const isKept = new Set<ReadPart>();
	for (const read of steps.flat()) {
		const known = contexts.get(read.context) ?? {ignore: read.ignore, files: new Map<string, FilePart>()};
		contexts.set(read.context, known);
		const added = [...(read.files ?? [])].filter(([path]) => !known.files.has(path));
		if (read.files !== undefined && count + added.length <= mostFiles) {
			isKept.add(read);
			count += added.length;
			for (const [path, part] of added) {
				known.files.set(path, part);
			}
		}
	}

	const places = new Map<string | undefined, ReadonlyMap<string, number>>();
	const names = [...contexts.keys()];
	const tables = [...contexts].map(([context, {ignore, files}]): FileTable => {
		const rows = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
		places.set(context, new Map(rows.map(([path], place) => [path, place])));
		return {
			...(context !== undefined && {context}),
			ignore,
			...frontCoded(rows.map(([path]) => path)),
			kinds: rows.map(([, {kind, mode}]) => `${letters[kind]}${mode.toString(8)}`),
			marks: rows.map(([, {mark}]) => mark.slice(0, fileMarkLength)).join(''),
		};
	});
	const reads = steps.map(parts =>
		parts.map(read => ({
			table: names.indexOf(read.context),
			rows: isKept.has(read) ? runs([...(read.files ?? new Map()).keys()], places.get(read.context)) : null,
			total: read.total,
		})),
	);
	return {tables, reads};
}

function runs(paths: readonly string[], places: ReadonlyMap<string, number> = new Map()): readonly number[] {
	const rows: number[] = [];
	for (const place of paths.flatMap(path => places.get(path) ?? []).sort((a, b) => a - b)) {
		const [start, length] = [rows.at(-2) ?? 0, rows.at(-1) ?? 0];
		if (rows.length > 0 && start + length === place) {
			rows[rows.length - 1] = length + 1;
		} else {
			rows.push(place, 1);
		}
	}

	return rows;
}

/** A table with its paths whole; nothing where they cannot be told. */
export function unpackTable({shared, paths, ...table}: FileTable): FileTable | undefined {
	const whole = shared === undefined ? paths : fromFrontCoded({shared, paths});
	return whole === undefined ? undefined : {...table, paths: whole};
}

/** The same read back from a table whose paths are whole; nothing where the rows are not those of a table. */
export function unpackRead({rows, total}: Omit<ReadRows, 'table'>, table: FileTable): ReadPart | undefined {
	const {context, ignore, paths, kinds, marks} = table;
	const part = {...(context !== undefined && {context}), ignore, total};
	if (rows === null) {
		return part;
	}

	const files = new Map<string, FilePart>();
	for (let at = 0; at < rows.length; at += 2) {
		const [start = 0, length = 0] = rows.slice(at, at + 2);
		for (let place = start; place < start + length; place++) {
			const [path, kind] = [paths[place], parseKind(kinds[place])];
			const mark = marks.slice(place * fileMarkLength, (place + 1) * fileMarkLength);
			if (path === undefined || kind === undefined || mark.length < fileMarkLength) {
				return undefined;
			}

			files.set(path, {...kind, mark});
		}
	}

	return {...part, files};
}

function parseKind(text = ''): Pick<FilePart, 'kind' | 'mode'> | undefined {
	const entry = Object.entries(letters).find(([, letter]) => letter === text[0]);
	const mode = Number.parseInt(text.slice(1), 8);
	return entry !== undefined && Number.isInteger(mode) ? {kind: entry[0] as FilePart['kind'], mode} : undefined;
}
