import {realpathSync} from 'node:fs';
import nodePath from 'node:path';
import type {SourceFiles} from '../source-files.ts';
import type {FoundRevision} from './find-revision.ts';
import {gitBlobs} from './git-blobs.ts';
import {parentOf, type RevisionIndex} from './revision-index.ts';
import {revisionSource, type Unkept} from './revision-source.ts';

/** How the files of a revision are taken. */
export interface RevisionReading {
	readonly revision: FoundRevision;
	readonly index: RevisionIndex;
	/** For what git does not keep: ignored files, empty folders, git's own. */
	readonly unkept: Unkept;
	/** The files of now. */
	readonly disk: SourceFiles;
	/** Says in one clause what of it had to be taken otherwise than as the revision has it. */
	readonly onNote: (note: string) => void;
}

// A link to a link to a link.
const mostLinks = 10;

/** The files of a revision at the places where they lie in the work tree. What lies outside of it is as it is now. */
export function revisionFiles(reading: RevisionReading): SourceFiles {
	const {revision, index, onNote} = reading;
	const blobs = gitBlobs(revision.git, changedBlobs(index));
	const pathOf = (path: string) => pathInTree(revision.root, path);
	const bytesOf = async (path: string, onDisk: string, links: number): Promise<Uint8Array> => {
		const entry = index.entry(path);
		if (entry === undefined || entry.mode === '040000') {
			throw Object.assign(new Error(`internal: ${path} is no file`), {code: entry === undefined ? 'ENOENT' : 'EISDIR'});
		}

		if (index.isUnchanged(path)) {
			return reading.disk.readFile(onDisk);
		}

		const bytes = blobs.read(entry.object);
		if (bytes === undefined) {
			throw Object.assign(new Error(`internal: no blob ${entry.object}`), {code: 'this clone does not have it'});
		}

		if (entry.mode !== '120000' || links === mostLinks) {
			return bytes;
		}

		const target = nodePath.posix.join(parentOf(path)[0], Buffer.from(bytes).toString());
		return bytesOf(target, nodePath.join(revision.root, target), links + 1);
	};

	return {
		async readFile(path) {
			const inside = pathOf(path);
			if (inside === undefined) {
				const bytes = await reading.disk.readFile(path);
				onNote(`${path} lies outside of the work tree: it is taken as it is now`);
				return bytes;
			}

			const former = index.entry(inside) === undefined ? index.formerPath(inside) : undefined;
			const bytes = await bytesOf(
				former ?? inside,
				former === undefined ? path : nodePath.join(revision.root, former),
				0,
			);
			if (former !== undefined) {
				onNote(`${inside} was ${former} then`);
			}

			return bytes;
		},
		async kindOf(path) {
			const inside = pathOf(path);
			if (inside === undefined) {
				return reading.disk.kindOf(path);
			}

			const mode = inside === '' ? '040000' : index.entry(inside)?.mode;
			return mode === undefined ? undefined : mode === '040000' ? 'folder' : 'other';
		},
		folder(directory, attributesOf) {
			const disk = reading.disk.folder(directory, attributesOf);
			const inside = pathOf(directory);
			if (inside === undefined) {
				onNote(`the context ${directory} lies outside of the work tree: it is taken as it is now`);
				return disk;
			}

			return revisionSource({
				index,
				prefix: inside,
				disk,
				blobs,
				unkept: reading.unkept,
				umask: process.umask(),
			});
		},
	};
}

/** The path of a file from the root of a work tree, with forward slashes; `undefined` outside of it. Links in its folders are followed. */
export function pathInTree(root: string, path: string): string | undefined {
	const real = nodePath.join(realPath(nodePath.dirname(path)), nodePath.basename(path));
	const relative = nodePath.relative(root, real).replaceAll(nodePath.sep, '/');
	return relative === '..' || relative.startsWith('../') || nodePath.isAbsolute(relative) ? undefined : relative;
}

// Git lists them nearly as a walk over the files comes by them.
function changedBlobs(index: RevisionIndex): readonly string[] {
	return index.paths().flatMap(path => {
		const entry = index.entry(path);
		const isBlob = entry !== undefined && entry.mode !== '040000' && entry.mode !== '160000';
		return isBlob && !index.isUnchanged(path) ? entry.object : [];
	});
}

// Git tells the root without links in it. A name that is gone by now has only its folder's.
function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		const folder = nodePath.dirname(path);
		return folder === path ? path : nodePath.join(realPath(folder), nodePath.basename(path));
	}
}
