import nodePath from 'node:path';
import {
	type ContentDigester,
	type ContextTree,
	contentDigester,
	type EntryDigests,
	entryDigests,
	type IgnoreMatcher,
	type Selector,
} from '../analyzer/index.ts';
import {type DigestAs, umaskDigester} from './umask-digester.ts';

/** What is in one build context: the main one or a `--build-context`. */
export interface ContextContents {
	readonly digest: ContentDigester;
	/** The same of single files and folders; what was hashed for `digest` is not hashed again. */
	readonly entries: EntryDigests;
	/** The same over its files as another umask would have made them; `undefined` where that is too much to read. */
	readonly digestAs: DigestAs;
	/** Its files, for what is copied from it into a stage. */
	readonly files: ContextTree;
	/** The builder is sent only what the build names (buildx), not the whole as an archive. */
	readonly sentByPath: boolean;
	/** Why the content key of what is selected cannot be known before the build; absent where it can. */
	openReason(selectors: readonly Selector[]): string | undefined;
}

/** The contents of a context by its name; without one, of the main context. */
export type ContentsOf = (context: string | undefined) => ContextContents;

/**
 * The main context. `asTar`: it goes to the engine as an archive, whose root gets a header of its own (seen on Engine
 * 28.5: COPY . has another key through the Engine API than through buildx).
 */
export function mainContents(files: ContextTree, asTar: boolean): ContextContents {
	const entries = entryDigests(files);
	return {
		digest: contentDigester(files, entries),
		entries,
		digestAs: umaskDigester(files),
		files,
		sentByPath: !asTar,
		openReason: selectors =>
			asTar && (selectors.length === 0 || selectors.some(({path}) => path === '/'))
				? 'through the Engine API the key of the whole context is known only in the build'
				: undefined,
	};
}

/**
 * The folder `dir` of a `--build-context`. Unlike the main context it cannot be sent without the caches that lie in it
 * (`cacheDirs`, absolute), so what takes one in changes with every export.
 */
export function namedContents(
	name: string,
	dir: string,
	matcher: IgnoreMatcher | undefined,
	cacheDirs: readonly string[],
	files: ContextTree,
): ContextContents {
	const caches = cacheDirs
		.map(cache => nodePath.relative(dir, cache).replaceAll(nodePath.sep, '/'))
		.filter(path => path !== '..' && !path.startsWith('../') && !nodePath.isAbsolute(path))
		.filter(path => path === '' || matcher?.matches(path).excluded !== true);
	const entries = entryDigests(files);
	return {
		digest: contentDigester(files, entries),
		entries,
		digestAs: umaskDigester(files),
		files,
		sentByPath: true,
		openReason(selectors) {
			const taken = caches.find(cache => selectors.length === 0 || selectors.some(one => takes(one, `/${cache}`)));
			return taken === undefined
				? undefined
				: `the folder of --build-context ${name} holds a cache that the build writes; list "${taken || '.'}" in its .dockerignore`;
		},
	};
}

// Patterns are cut off before their first wildcard: too much is unknown, nothing wrong is known.
function takes({path, wildcard}: Selector, cache: string): boolean {
	const start = wildcard ? path.slice(0, Math.max(0, path.search(/[*?[\\]/))).replace(/[^/]*$/, '') : path;
	const folder = start.replace(/\/$/, '');
	return cache === folder || cache.startsWith(`${folder}/`) || folder.startsWith(`${cache.replace(/\/$/, '')}/`);
}
