import type {RunGit} from './git-command.ts';

/** Blobs by their ids; of one that the clone does not have, nothing. */
export interface GitBlobs {
	/** Bytes; told without reading the blob. */
	size(object: string): number | undefined;
	read(object: string): Uint8Array | undefined;
}

const mostAhead = 8192;
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads blobs, and with each those that are likely to be asked for next: `order` has the ids as a walk over the files
 * comes by them. One call of git takes as long as hundreds of small blobs, so it reads more with every call, up to
 * 16 MiB, and keeps only what the last call read.
 */
export function gitBlobs(git: RunGit, order: readonly string[]): GitBlobs {
	const places = new Map(order.map((object, at) => [object, at]));
	let sizes: ReadonlyMap<string, number> | undefined;
	let kept = new Map<string, Uint8Array>();
	let ahead = 1;
	const size = (object: string): number | undefined => {
		sizes ??= readSizes(git, order);
		return sizes.get(object);
	};
	const wanted = (object: string): readonly string[] => {
		const at = places.get(object) ?? order.length;
		const next: string[] = [object];
		for (let total = size(object) ?? 0, place = at + 1; place < Math.min(order.length, at + ahead); place++) {
			const one = order[place] ?? '';
			total += size(one) ?? 0;
			if (total > mostBytes) {
				break;
			}

			next.push(one);
		}

		ahead = Math.min(mostAhead, ahead * 8);
		return next;
	};
	return {
		size,
		read(object) {
			if (!kept.has(object)) {
				kept = readAll(git, wanted(object));
			}

			return kept.get(object);
		},
	};
}

// `ID blob SIZE`; `ID missing` for what is not there.
function readSizes(git: RunGit, objects: readonly string[]): ReadonlyMap<string, number> {
	const output = objects.length === 0 ? undefined : git(['cat-file', '--batch-check'], `${objects.join('\n')}\n`);
	const lines = output?.kind === 'ok' ? output.stdout.toString().split('\n') : [];
	return new Map(
		lines.flatMap(line => {
			const [object = '', type, size] = line.split(' ');
			return type === 'blob' ? [[object, Number(size)] as const] : [];
		}),
	);
}

// The same line, then the bytes and a line end.
function readAll(git: RunGit, objects: readonly string[]): Map<string, Uint8Array> {
	const output = git(['cat-file', '--batch'], `${objects.join('\n')}\n`);
	const found = new Map<string, Uint8Array>();
	let at = 0;
	for (const stdout = output.kind === 'ok' ? output.stdout : Buffer.alloc(0); at < stdout.length; ) {
		const end = stdout.indexOf('\n', at);
		const [object = '', type, size] = stdout.subarray(at, end).toString().split(' ');
		at = end + 1;
		if (type === 'blob') {
			found.set(object, stdout.subarray(at, at + Number(size)));
			at += Number(size) + 1;
		}
	}

	return found;
}
