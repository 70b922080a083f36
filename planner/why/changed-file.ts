import nodePath from 'node:path';
import type {ContextSource} from '../../analyzer/index.ts';
import {parentOf} from '../revisions/revision-index.ts';
import {diskFiles, type SourceFiles} from '../source-files.ts';

/** The work tree with one file changed: of other content, or there where it is not. `file` is absolute. */
export function withChangedFile(file: string, files: SourceFiles = diskFiles): SourceFiles {
	return {
		...files,
		folder(directory, attributesOf) {
			const source = files.folder(directory, attributesOf);
			const path = nodePath.relative(directory, file).replaceAll(nodePath.sep, '/');
			return path === '' || path === '..' || path.startsWith('../') || nodePath.isAbsolute(path)
				? source
				: changed(source, path);
		},
	};
}

function changed(source: ContextSource, path: string): ContextSource {
	const parts = path.split('/');
	// The file and the folders above it that are not there.
	const added = new Set(parts.map((_, at) => parts.slice(0, at + 1).join('/')).filter(one => !source.has(one)));
	const plain = {path, uid: 0, gid: 0, size: 0, link: '', device: 0};
	return {
		names(of) {
			const names = added.has(of) ? [] : source.names(of);
			const next = [...added].find(one => parentOf(one)[0] === of);
			return next === undefined || names.includes(parentOf(next)[1]) ? names : [...names, parentOf(next)[1]];
		},
		entry(of) {
			if (added.has(of)) {
				return of === path
					? {...plain, kind: 'file', mode: 0o644}
					: {...plain, path: of, kind: 'directory', mode: 0o755};
			}

			const entry = source.entry(of);
			return of === path && entry?.kind === 'symlink' ? {...entry, link: `${entry.link}.changed`} : entry;
		},
		// Not the bytes of any file: a digest of what is in front of them and of a text that no one writes.
		content: entry =>
			entry.path === path
				? {
						digest: header => source.content({...entry, size: 0}).digest(Buffer.concat([header, marker])),
						head: limit => marker.subarray(0, limit),
					}
				: source.content(entry),
		has: of => added.has(of) || source.has(of),
	};
}

const marker = Buffer.from('\0changed, as cachecast why supposes\0');
