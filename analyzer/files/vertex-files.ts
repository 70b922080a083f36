import {ContextFailure} from '../context/context-problem.ts';
import type {CopyAction, FileVertex, ImageVertex, Vertex} from '../keys/vertex.ts';
import {applyAction} from './apply-action.ts';
import {draftOf} from './draft.ts';
import {type FileTree, OpenContent} from './file-tree.ts';
import {mergeSnapshots} from './merge-snapshots.ts';
import {type FileNode, plainFolder, snapshotTree} from './snapshot.ts';

/** The files a vertex results in, where they are known without running anything. */
export type VertexFiles =
	| {readonly kind: 'files'; readonly root: FileNode; readonly tree: FileTree}
	/** One clause on why not; absent where it is that something has to run. */
	| {readonly kind: 'open'; readonly reason: string | undefined};

/** Where the files come from that are not made by the Dockerfile itself. */
export interface FileSources {
	/** What a context has to copy; throws `OpenContent` where that is known only in the build. */
	context(copy: CopyFrom): FileTree;
	/** The files of an image; throws `OpenContent` where they cannot be read or are not read yet. */
	image(vertex: ImageVertex): FileNode;
}

/** A path copied from a context. */
export interface CopyFrom {
	/** Name of a `--build-context`; absent: the main context. */
	readonly name: string | undefined;
	readonly path: string;
	readonly wildcard: boolean;
}

/** Works the files of vertices out, each once: of images, of copies from contexts, of inline documents and WORKDIR. */
export function vertexFiles(sources: FileSources): (vertex: Vertex) => VertexFiles {
	const known = new Map<Vertex, VertexFiles>();
	const filesOf = (vertex: Vertex): Extract<VertexFiles, {readonly kind: 'files'}> => {
		const files = known.get(vertex);
		if (files?.kind !== 'files') {
			throw new OpenContent(files?.reason);
		}

		return files;
	};

	const rootOf = (vertex: Vertex | undefined): FileNode => (vertex === undefined ? plainFolder : filesOf(vertex).root);

	const sourceOf = ({source, path, plain}: CopyAction): FileTree => {
		if (source === undefined) {
			throw new OpenContent('something is copied from a stage without files');
		}

		return source.kind === 'context'
			? sources.context({name: source.name, path, wildcard: plain})
			: filesOf(source).tree;
	};

	const fileRoot = ({base, actions}: FileVertex): FileNode => {
		const draft = draftOf(rootOf(base));
		const tree = base === undefined ? undefined : filesOf(base).tree;
		for (const action of actions) {
			applyAction(draft, action, {
				base: tree,
				source: action.kind === 'copy' ? sourceOf(action) : undefined,
			});
		}

		return draft.root();
	};

	const compute = (vertex: Vertex): FileNode => {
		switch (vertex.kind) {
			case 'image': {
				return sources.image(vertex);
			}

			case 'file': {
				return fileRoot(vertex);
			}

			case 'merge': {
				return vertex.inputs.map(input => rootOf(input)).reduce(mergeSnapshots, plainFolder);
			}

			case 'exec': {
				throw new OpenContent(undefined);
			}

			case 'context': {
				throw new OpenContent('a stage stands on the folder of a build context');
			}

			case 'http':
			case 'git': {
				throw new OpenContent(`what ${vertex.written} holds is known only when it is fetched`);
			}

			case 'unknown': {
				throw new OpenContent(vertex.cause);
			}
		}
	};

	const settle = (vertex: Vertex): VertexFiles => {
		try {
			const root = compute(vertex);
			return {kind: 'files', root, tree: snapshotTree(root)};
		} catch (error) {
			if (error instanceof OpenContent) {
				return {kind: 'open', reason: error.reason};
			}

			if (error instanceof ContextFailure) {
				return {kind: 'open', reason: 'a file of the build context cannot be read'};
			}

			throw error;
		}
	};

	return vertex => {
		// Inputs first, without recursion: a stage can be thousands of steps deep.
		const pending: {readonly vertex: Vertex; readonly expanded: boolean}[] = [{vertex, expanded: false}];
		for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
			if (known.has(top.vertex)) {
				continue;
			}

			if (top.expanded) {
				known.set(top.vertex, settle(top.vertex));
			} else {
				pending.push(
					{vertex: top.vertex, expanded: true},
					...madeOf(top.vertex).map(input => ({vertex: input, expanded: false})),
				);
			}
		}

		return known.get(vertex) ?? {kind: 'open', reason: undefined};
	};
}

function madeOf(vertex: Vertex): readonly Vertex[] {
	const inputs =
		vertex.kind === 'file'
			? [vertex.base, ...vertex.actions.map(action => (action.kind === 'copy' ? action.source : undefined))]
			: vertex.kind === 'merge'
				? vertex.inputs
				: [];
	return inputs.filter(input => input !== undefined);
}
