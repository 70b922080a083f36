import {compilePatterns, type IgnoreMatcher, type MatchInfo} from '../context/dockerignore.ts';
import {followPath} from '../context/follow-links.ts';
import {basePath, cleanPath} from '../keys/go-path.ts';
import type {CopyAction} from '../keys/vertex.ts';
import {refuseArchive} from './archive.ts';
import {applyModeText} from './chmod.ts';
import {type Draft, makeFolders, type Place} from './draft.ts';
import {type FileEntry, type FileTree, OpenContent} from './file-tree.ts';
import type {Ids} from './owner.ts';
import {type FileNode, plainFolder} from './snapshot.ts';
import {wildcardMatches} from './wildcard-matches.ts';

/**
 * Does what COPY and ADD do to a snapshot (BuildKit solver/llbsolver/file/backend.go docopy, fsutil/copy/copy.go Copy).
 * Throws `OpenContent` for archives, for what the build would refuse, and for corners in which versions differ.
 */
export function copyFiles(draft: Draft, source: FileTree, action: CopyAction, owner: Ids | undefined): void {
	const copier: Copier = {
		draft,
		source,
		action,
		owner,
		include: compiled(action.include),
		exclude: compiled(action.exclude),
	};
	for (const path of action.plain ? wildcardMatches(source, action.path) : [action.path]) {
		copyOne(copier, path);
	}
}

interface Copier {
	readonly draft: Draft;
	readonly source: FileTree;
	readonly action: CopyAction;
	readonly owner: Ids | undefined;
	readonly include: IgnoreMatcher | undefined;
	readonly exclude: IgnoreMatcher | undefined;
}

function compiled(patterns: readonly string[]): IgnoreMatcher | undefined {
	if (patterns.length === 0) {
		return undefined;
	}

	const result = compilePatterns(patterns);
	if (result.kind === 'failed') {
		throw new OpenContent(`the pattern "${result.pattern}" is malformed`);
	}

	return result.matcher;
}

function copyOne(copier: Copier, path: string): void {
	const {draft, source, action, owner} = copier;
	const {destination} = action;
	const last = destination.slice(destination.lastIndexOf('/') + 1);
	// A destination with a slash behind it is a folder, there or not.
	const folder = last === '' || last === '.' ? destination : destination.slice(0, destination.lastIndexOf('/'));
	makeFolders(draft, draft.resolve(folder), newFolderMode(action), owner);
	const from = followPath(source, path, action.plain);
	if (from === undefined) {
		throw new OpenContent(`nothing is at ${path} to copy`);
	}

	if (action.unpack && from.kind === 'file') {
		refuseArchive(path, source.content(from));
	}

	const isFolder = from.kind === 'directory';
	if (isFolder && !action.plain) {
		throw new OpenContent(`${path} is a folder`);
	}

	let place = draft.resolve(cleanPath(destination));
	const there = draft.at(place);
	if (!isFolder && there?.kind === 'directory') {
		place = [...place, basePath(path)];
	}

	makeFolders(draft, isFolder && there === undefined ? place : place.slice(0, -1), newFolderMode(action), owner);
	copyEntry(copier, from, '', place, {isFirst: true, above: []});
}

// BuildKit 0.21 and later give new folders the mode of an octal --chmod, those before 0755.
function newFolderMode({mode, modeText}: CopyAction): number | 'unsure' {
	return modeText === undefined && mode !== undefined && (mode & 0o777) !== 0o755 ? 'unsure' : 0o755;
}

/** A folder on the way down that is made only when something in it is taken. */
interface Above {
	readonly entry: FileEntry;
	readonly place: Place;
	isMade: boolean;
}

interface Way {
	/** What was named itself: its own mode and owner do not replace those of a folder that is there. */
	readonly isFirst: boolean;
	readonly above: readonly Above[];
	readonly included?: MatchInfo;
	readonly excluded?: MatchInfo;
}

// copy.go copier.copy. `below` is the path under what was named.
function copyEntry(copier: Copier, entry: FileEntry, below: string, place: Place, way: Way): void {
	const {source, include, exclude} = copier;
	const included = below === '' ? undefined : include?.matches(below, way.included);
	const excluded = below === '' ? undefined : exclude?.matches(below, way.excluded);
	const isTaken = (included?.excluded ?? true) && excluded?.excluded !== true;
	if (isTaken) {
		makeAbove(copier, way.above);
	}

	if (entry.kind !== 'directory') {
		if (isTaken) {
			copyLeaf(copier, entry, place);
		}

		return;
	}

	if (isTaken) {
		copyFolder(copier, entry, place, way.isFirst);
	}

	const above = [...way.above, {entry, place, isMade: isTaken}];
	for (const child of source.children(entry)) {
		const name = basePath(child.path);
		copyEntry(copier, child, below === '' ? name : `${below}/${name}`, [...place, name], {
			isFirst: false,
			above,
			...(included !== undefined && {included}),
			...(excluded !== undefined && {excluded}),
		});
	}
}

// copy.go createParentDirs: one that is there gets the source's mode, but not its owner.
function makeAbove(copier: Copier, above: readonly Above[]): void {
	for (const folder of above) {
		if (folder.isMade) {
			continue;
		}

		const {draft} = copier;
		const there = draft.at(folder.place);
		if (there === undefined) {
			draft.put(folder.place, {...copied(copier, folder.entry), children: new Map()});
		} else {
			draft.put(folder.place, {...asFolder(there, folder.place), mode: folder.entry.mode});
		}

		folder.isMade = true;
	}
}

function copyFolder(copier: Copier, entry: FileEntry, place: Place, isFirst: boolean): void {
	const there = copier.draft.at(place);
	if (there === undefined) {
		copier.draft.put(place, {...copied(copier, entry), children: new Map()});
	} else if (!isFirst) {
		const {children, xattrs} = asFolder(there, place);
		const node = copied(copier, entry);
		copier.draft.put(place, {
			...node,
			children,
			...(xattrs !== undefined && {xattrs: new Map([...xattrs, ...(node.xattrs ?? [])])}),
		});
	} else {
		asFolder(there, place);
	}
}

function copyLeaf(copier: Copier, entry: FileEntry, place: Place): void {
	if (copier.draft.at(place)?.kind === 'directory') {
		throw new OpenContent(`/${place.join('/')} is a folder already`);
	}

	copier.draft.put(place, copied(copier, entry));
}

function asFolder(node: FileNode, place: Place): FileNode {
	if (node.kind !== 'directory') {
		throw new OpenContent(`/${place.join('/')} is no folder`);
	}

	return node;
}

// copy_linux.go copyFileInfo: owner, then mode; a link keeps its own.
function copied({source, action, owner}: Copier, entry: FileEntry): FileNode {
	const {path: _, ...attributes} = entry;
	const isFolder = entry.kind === 'directory';
	const mode =
		entry.kind === 'symlink'
			? entry.mode
			: action.modeText !== undefined
				? applyModeText(action.modeText, entry.mode, isFolder)
				: (action.mode ?? entry.mode);
	return {
		...plainFolder,
		...attributes,
		mode,
		...owner,
		...(entry.kind === 'file' && {content: source.content(entry)}),
	};
}
