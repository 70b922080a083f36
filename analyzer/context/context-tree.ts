import nodePath from 'node:path';
import type {FileEntry, FileTree} from '../files/file-tree.ts';
import {type AttributesOf, type ContextSource, diskSource} from './context-source.ts';
import type {IgnoreMatcher, MatchInfo} from './dockerignore.ts';
import {compareBytes} from './selector.ts';

/** A file, folder or link of the build context. */
export type ContextEntry = FileEntry;

/** The build context after .dockerignore, read lazily: a folder is listed when something in it is asked for. */
export interface ContextTree extends FileTree {
	/** Absolute path of the folder. */
	readonly directory: string;
	/** The patterns of the ignore file in force, a leading `!` with them. */
	readonly ignore: readonly string[];
	excludedBy(folder: ContextEntry, names: readonly string[]): string | undefined;
}

interface Listing {
	readonly entries: readonly ContextEntry[];
	/** Made when a child is first asked for by its name. */
	byName?: ReadonlyMap<string, ContextEntry>;
}

/** Opens a build context, of the disk unless another source is given. Listing throws `ContextFailure` where the file system refuses. */
export function openContext(
	directory: string,
	matcher: IgnoreMatcher | undefined,
	attributesOf: AttributesOf = () => undefined,
	source: ContextSource = diskSource(directory, attributesOf),
): ContextTree {
	const listings = new Map<string, Listing>();
	const infos = new Map<string, MatchInfo>();

	const list = (entry: ContextEntry): Listing => {
		const known = listings.get(entry.path);
		if (known !== undefined) {
			return known;
		}

		const listing: Listing = {entries: entry.kind === 'directory' ? read(entry) : []};
		listings.set(entry.path, listing);
		return listing;
	};

	const child = (entry: ContextEntry, name: string): ContextEntry | undefined => {
		const listing = list(entry);
		listing.byName ??= new Map(listing.entries.map(one => [nodePath.posix.basename(one.path), one]));
		return listing.byName.get(name);
	};

	const read = (parent: ContextEntry): readonly ContextEntry[] => {
		const names = [...source.names(parent.path)].sort(compareBytes);
		const entries: ContextEntry[] = [];
		for (const name of names) {
			const path = parent.path === '' ? name : `${parent.path}/${name}`;
			const info = matcher?.matches(path, infos.get(parent.path));
			if (info?.excluded && matcher?.mayHoldIncluded(path) !== true) {
				continue;
			}

			const entry = source.entry(path);
			if (entry === undefined) {
				continue;
			}

			if (info !== undefined && entry.kind === 'directory') {
				infos.set(path, info);
			}

			// An ignored folder comes back when a `!` pattern lets something below it in (fsutil filter.go).
			if (!info?.excluded || (entry.kind === 'directory' && list(entry).entries.length > 0)) {
				entries.push(entry);
			}
		}

		return entries;
	};

	return {
		directory,
		ignore: matcher?.patterns.map(({text, inverted}) => `${inverted ? '!' : ''}${text}`) ?? [],
		hasBareRoot: true,
		content: entry => source.content(entry),
		memo: source.memo,
		root: {path: '', kind: 'directory', mode: 0, uid: 0, gid: 0, size: 0, link: '', device: 0},
		children: entry => list(entry).entries,
		child,
		excludedBy: (folder, names) => {
			let {path} = folder;
			let info = infos.get(path);
			for (const name of names) {
				path = path === '' ? name : `${path}/${name}`;
				info = matcher?.matches(path, info);
			}

			return info?.excluded && source.has(path) ? matcher?.patterns[info.matched.lastIndexOf(true)]?.text : undefined;
		},
	};
}
