import {
	bytesRead,
	type ContentDigest,
	type ContentDigester,
	type ContextTree,
	contentDigester,
	type Dialect,
	type Selector,
	umaskTrees,
} from '../analyzer/index.ts';
import {usualUmasks} from './usual-umask.ts';

/** The content key of what selectors take from a context, had it been checked out under another umask. */
export type DigestAs = (umask: number, selectors: readonly Selector[], dialect: Dialect) => ContentDigest | undefined;

// It is read only to word a cause.
const mostBytes = 64 * 1024 * 1024;

/**
 * Content keys over the files of a context with the modes that the usual umasks make. A mode is hashed in front of a
 * file's bytes, so that they are read once more; `undefined` for more than 64 MiB (`limit`, in bytes) and for any other umask.
 */
export function umaskDigester(files: ContextTree, limit: number = mostBytes): DigestAs {
	const digesters = new Map<number, ContentDigester>();
	const large = new Map<readonly Selector[], boolean>();
	return (umask, selectors, dialect) => {
		const isLarge = large.get(selectors) ?? bytesRead(files, selectors, dialect) > limit;
		large.set(selectors, isLarge);
		if (isLarge) {
			return undefined;
		}

		if (digesters.size === 0) {
			for (const [one, tree] of umaskTrees(files, usualUmasks)) {
				digesters.set(one, contentDigester(tree));
			}
		}

		return digesters.get(umask)?.(selectors, dialect);
	};
}
