import {
	ContextFailure,
	type Dialect,
	entriesRead,
	type FileEntry,
	hashFiles,
	isMuch,
	type LoweredStage,
	OpenContent,
	type Vertex,
} from '../analyzer/index.ts';
import type {ContextContents} from './context-contents.ts';
import {inputsFirst} from './match-records.ts';
import type {VertexKeys} from './vertex-keys.ts';

/**
 * Hashes the files of build contexts that the keys of these stages are made of, in threads where that is much, so that
 * they are known when they are asked for. What cannot be listed or read is left to whoever asks for it.
 */
export async function hashAhead(stages: readonly LoweredStage[], keys: VertexKeys, dialect: Dialect): Promise<void> {
	const wanted = new Map<ContextContents, Wanted>();
	const seen = new Set<Vertex>();
	for (const vertex of stages.flatMap(({steps}) => steps).flatMap(step => step.vertex ?? [])) {
		for (const part of inputsFirst(vertex, keys, seen)) {
			seen.add(part);
			const result = keys.cacheMap(part);
			for (const input of result.kind === 'known' ? result.map.inputs : []) {
				const contents = keys.files(input);
				if (contents?.files.memo !== undefined) {
					const own: Wanted = wanted.get(contents) ?? {files: new Map(), folders: new Set()};
					wanted.set(contents, own);
					addUnknown(own, contents, input.content ?? [], dialect);
				}
			}
		}
	}

	for (const [{files}, own] of wanted) {
		const unknown = [...own.files.values()];
		if (isMuch(unknown)) {
			await hashFiles(files.directory, unknown, (entry, digest) => files.memo?.note(entry, digest));
		}
	}
}

interface Wanted {
	readonly files: Map<string, FileEntry>;
	/** Folders all of whose files are in `files` or known. */
	readonly folders: Set<FileEntry>;
}

function addUnknown(
	wanted: Wanted,
	{files}: ContextContents,
	content: Parameters<typeof entriesRead>[1],
	dialect: Dialect,
): void {
	try {
		for (const [path, entry] of entriesRead(files, content, dialect, wanted.folders)) {
			if (entry.kind === 'file' && files.memo?.find(entry) === undefined) {
				wanted.files.set(path, entry);
			}
		}
	} catch (error) {
		if (!(error instanceof ContextFailure || error instanceof OpenContent)) {
			throw error;
		}
	}
}
