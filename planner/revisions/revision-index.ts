import type {FoundRevision} from './find-revision.ts';
import {type GitOutput, partsOf} from './git-command.ts';

/** What git keeps of one path: its mode, as `100644`, and the id of blob, tree or commit. */
export interface GitEntry {
	readonly mode: string;
	readonly object: string;
}

/** A revision's files, and how those of the work tree stand to them. Paths are relative to the work tree's root. */
export interface RevisionIndex {
	entry(path: string): GitEntry | undefined;
	/** All there were, folders too, in the order of their bytes. */
	paths(): readonly string[];
	/** What a folder held then; '' is the root. */
	names(folder: string): readonly string[];
	/** As git sees it, the work tree still has the same there. */
	isUnchanged(path: string): boolean;
	/** Git keeps nothing of it: it is ignored, or git's own. */
	isUnkept(path: string): boolean;
	/** Where a file was that lies at this path now, if git takes it for moved. */
	formerPath(path: string): string | undefined;
	/** What a clone's `.gitattributes` say of line ends and filters has changed since. */
	readonly hasNewAttributes: boolean;
}

export type RevisionIndexResult =
	| {readonly kind: 'read'; readonly index: RevisionIndex}
	| {readonly kind: 'failed'; readonly reason: string};

/** Lists a revision and compares it with the work tree, by five calls of git whatever the number of files. */
export function readRevisionIndex({git, commit}: FoundRevision): RevisionIndexResult {
	const tree = git(['ls-tree', '-r', '-t', '-z', '--full-tree', commit]);
	const diff = git(['diff', '--raw', '-z', '--no-renames', '--no-ext-diff', '--ignore-submodules=none', commit, '--']);
	const ignored = git(['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory']);
	const tags = git(['ls-files', '-z', '-v']);
	for (const output of [tree, diff, ignored, tags]) {
		if (output.kind !== 'ok') {
			return {kind: 'failed', reason: output.kind === 'failed' ? output.reason : 'the program git is gone'};
		}
	}

	const entries = new Map(
		linesOf(tree).map(line => {
			const [facts = '', path = ''] = splitAt(line, '\t');
			const [mode = '', , object = ''] = facts.split(' ');
			return [path, {mode, object}] as const;
		}),
	);
	const folders = new Map<string, string[]>([['', []]]);
	for (const [path, {mode}] of entries) {
		const [folder, name] = parentOf(path);
		folders.get(folder)?.push(name);
		if (mode === '040000') {
			folders.set(path, []);
		}
	}

	// `--raw -z`: facts and path take turns.
	const changed = new Set(linesOf(diff).filter((_, at) => at % 2 === 1));
	// A file that git was told not to look at (assume-unchanged, skip-worktree) may be anything.
	const unwatched = linesOf(tags)
		.filter(line => /^[a-zS] /.test(line))
		.map(line => line.slice(2));
	const untrusted = new Set([...changed, ...unwatched]);
	const unkept = new Set(linesOf(ignored).map(path => path.replace(/\/$/, '')));
	return {
		kind: 'read',
		index: {
			entry: path => entries.get(path),
			paths: () => [...entries.keys()],
			names: folder => folders.get(folder) ?? [],
			isUnchanged: path => entries.has(path) && !untrusted.has(path),
			isUnkept: path => withParents(path).some(one => unkept.has(one) || parentOf(one)[1] === '.git'),
			formerPath(path) {
				const moved = git(['diff', '--raw', '-z', '--find-renames', '--diff-filter=R', '--no-ext-diff', commit, '--']);
				const parts = linesOf(moved);
				const at = parts.findIndex((part, place) => place % 3 === 2 && part === path);
				return at === -1 ? undefined : parts[at - 1];
			},
			hasNewAttributes: [...changed].some(path => /(?:^|\/)\.gitattributes$/.test(path)),
		},
	};
}

/** The folder that a path lies in, and its name there. */
export function parentOf(path: string): readonly [folder: string, name: string] {
	const at = path.lastIndexOf('/');
	return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
}

function linesOf(output: GitOutput): readonly string[] {
	return output.kind === 'ok' ? partsOf(output.stdout) : [];
}

function splitAt(text: string, separator: string): readonly [string, string] {
	const at = text.indexOf(separator);
	return [text.slice(0, at), text.slice(at + 1)];
}

function withParents(path: string): readonly string[] {
	const parts = path.split('/');
	return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
