import {
	type CacheMapResult,
	type ContentDigest,
	cacheMapOf,
	type Dialect,
	fetchedContent,
	type KeyInput,
	noRemotes,
	type RemoteTable,
	type Vertex,
} from '../analyzer/index.ts';
import type {ContentsOf} from './context-contents.ts';

/** A vertex's definition and, of each input that is compared by content, the content where it can be known. */
export interface VertexKeys {
	cacheMap(vertex: Vertex): CacheMapResult;
	/** The content key of an input that reads the build context or a fetched file; `undefined` when only the build can tell. */
	content(input: KeyInput): ContentDigest | undefined;
	/** Why that of a build context is known only in the build. */
	openReason(input: KeyInput): string | undefined;
}

/** Keys over the contexts of a build and what was fetched, in one dialect, each computed once and only when asked for. */
export function contextKeys(contentsOf: ContentsOf, dialect: Dialect, remotes: RemoteTable = noRemotes): VertexKeys {
	const maps = new Map<Vertex, CacheMapResult>();
	const contents = new Map<KeyInput, ContentDigest>();
	const openReason = ({vertex, content}: KeyInput) =>
		vertex.kind === 'context' && content !== undefined ? contentsOf(vertex.name).openReason(content) : undefined;
	return {
		cacheMap(vertex) {
			const known = maps.get(vertex) ?? cacheMapOf(vertex, dialect, remotes);
			maps.set(vertex, known);
			return known;
		},
		openReason,
		content(input) {
			if (input.vertex.kind === 'http') {
				return fetchedContent(input.vertex, input.content ?? [], remotes);
			}

			if (input.content === undefined || input.vertex.kind !== 'context' || openReason(input) !== undefined) {
				return undefined;
			}

			const known = contents.get(input) ?? contentsOf(input.vertex.name).digest(input.content, dialect);
			contents.set(input, known);
			return known;
		},
	};
}

/** The inputs of a vertex; none when its definition is not known. */
export function keyInputs(vertex: Vertex, keys: VertexKeys): readonly KeyInput[] {
	const result = keys.cacheMap(vertex);
	return result.kind === 'known' ? result.map.inputs : [];
}

/** The vertices an operation reads. */
export function inputsOf(vertex: Vertex, keys: VertexKeys): readonly Vertex[] {
	return vertex.kind === 'unknown' ? vertex.inputs : keyInputs(vertex, keys).map(input => input.vertex);
}

/**
 * A step's own vertices: its result and what was made for it alone, as the layer below a COPY --link or an inline
 * document. `owned` tells the vertices that are results of steps.
 */
export function partsOf(vertex: Vertex, owned: {has(vertex: Vertex): boolean}, keys: VertexKeys): readonly Vertex[] {
	const inner = inputsOf(vertex, keys).filter(
		input => !owned.has(input) && (input.kind === 'file' || input.kind === 'merge' || input.kind === 'exec'),
	);
	return [vertex, ...inner.flatMap(input => partsOf(input, owned, keys))];
}
