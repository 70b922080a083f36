import {
	ContextFailure,
	type Dialect,
	entriesRead,
	type FileEntry,
	type KeyInput,
	OpenContent,
	sha256,
	tarsumHeader,
} from '../../analyzer/index.ts';
import type {ContextContents} from '../context-contents.ts';
import type {VertexKeys} from '../vertex-keys.ts';
import type {Mark} from './mark.ts';
import type {FilePart, ReadPart} from './step-preimage.ts';

/** What inputs read of build contexts, one part for each context. What cannot be read is left out: the plan says so itself. */
export function readParts(inputs: readonly KeyInput[], keys: VertexKeys, dialect: Dialect): readonly ReadPart[] {
	const byContext = new Map<string | undefined, {readonly contents: ContextContents; readonly inputs: KeyInput[]}>();
	for (const input of inputs) {
		const contents = input.vertex.kind === 'context' ? keys.files(input) : undefined;
		if (contents !== undefined && input.vertex.kind === 'context') {
			const known = byContext.get(input.vertex.name) ?? {contents, inputs: []};
			known.inputs.push(input);
			byContext.set(input.vertex.name, known);
		}
	}

	return [...byContext].flatMap(([context, {contents, inputs: own}]) => {
		const entries = orUndefined(
			() => new Map(own.flatMap(({content = []}) => [...entriesRead(contents.files, content, dialect)])),
		);
		const files = entries === undefined ? undefined : orUndefined(() => partsOf(entries, contents));
		return entries === undefined || files === undefined
			? []
			: [
					{
						...(context !== undefined && {context}),
						ignore: contents.files.ignore,
						files,
						total: [...entries.values()].filter(({kind}) => kind !== 'directory').length,
						remark: (path, mode) => orUndefined(() => remark(entries.get(path), mode, contents)),
					},
				];
	});
}

function partsOf(entries: ReadonlyMap<string, FileEntry>, {entries: digests}: ContextContents): Map<string, FilePart> {
	const inOrder = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
	return new Map(
		inOrder.map(([path, entry]) => {
			const digest = entry.kind === 'directory' ? digests.header(entry) : digests.digest(entry);
			return [path, {kind: entry.kind, mode: entry.mode, mark: digest.slice('sha256:'.length)}];
		}),
	);
}

function remark(entry: FileEntry | undefined, mode: number, {files}: ContextContents): Mark | undefined {
	if (entry === undefined) {
		return undefined;
	}

	const header = tarsumHeader({...entry, mode});
	return entry.kind === 'file' ? files.content(entry).digest(header) : sha256(header).slice('sha256:'.length);
}

// A file that went away meanwhile, or whose owner is not known for sure: only the wording of a cause depends on it.
function orUndefined<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof OpenContent || error instanceof ContextFailure) {
			return undefined;
		}

		throw error;
	}
}
