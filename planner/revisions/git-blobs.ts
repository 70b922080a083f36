import type {RunGit} from './git-command.ts';

/** The bytes of a blob by its id; `undefined` where the clone does not have it. */
export type ReadBlob = (object: string) => Uint8Array | undefined;

const mostAhead = 1024;
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads blobs, and with each those that are likely to be asked for next: `order` has the ids as a walk over the files
 * comes by them. One call of git takes as long as hundreds of small blobs, so it reads more with every call, up to
 * 16 MiB, and keeps only what the last call read.
 */
export function blobReader(git: RunGit, order: readonly string[]): ReadBlob {
	const places = new Map(order.map((object, at) => [object, at]));
	let kept = new Map<string, Uint8Array>();
	let ahead = 1;
	return object => {
		const known = kept.get(object);
		if (known !== undefined) {
			return known;
		}

		const at = places.get(object);
		kept = read(git, at === undefined ? [object] : withinLimit(git, order.slice(at, at + ahead)));
		ahead = Math.min(mostAhead, ahead * 4);
		return kept.get(object);
	};
}

// The first always.
function withinLimit(git: RunGit, objects: readonly string[]): readonly string[] {
	if (objects.length < 2) {
		return objects;
	}

	const sizes = git(['cat-file', '--batch-check'], `${objects.join('\n')}\n`);
	const lines = sizes.kind === 'ok' ? sizes.stdout.toString().trim().split('\n') : [];
	let total = 0;
	const end = lines.findIndex(line => {
		total += Number(line.split(' ')[2] ?? 0);
		return total > mostBytes;
	});
	return objects.slice(0, end === -1 ? objects.length : Math.max(1, end));
}

// `ID blob SIZE`, the bytes, a line end; `ID missing` for what is not there.
function read(git: RunGit, objects: readonly string[]): Map<string, Uint8Array> {
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
