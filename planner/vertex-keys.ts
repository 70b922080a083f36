import {
	type CacheMapResult,
	type ContentDigest,
	type ContentDigester,
	cacheMapOf,
	type Dialect,
	type KeyInput,
	type Vertex,
} from '../analyzer/index.ts';

/** A vertex's definition and, of each input that is compared by content, the content where it can be known. */
export interface VertexKeys {
	cacheMap(vertex: Vertex): CacheMapResult;
	/** The content key of an input that reads the build context; `undefined` when only the build can tell. */
	content(input: KeyInput): ContentDigest | undefined;
}

/** The content keys of a build context: the main one, or a `--build-context` by its name. */
export type ContextDigesters = (context: string | undefined) => ContentDigester;

/**
 * Keys over the contexts of a build in one dialect, each computed once and only when asked for. `asTar`: the context goes to the
 * engine as an archive, whose root gets a header of its own; the key of the whole context then is not known (seen on
 * Engine 28.5: COPY . has another key through the Engine API than through buildx).
 */
export function contextKeys(digestContent: ContextDigesters, dialect: Dialect, asTar: boolean): VertexKeys {
	const maps = new Map<Vertex, CacheMapResult>();
	const contents = new Map<KeyInput, ContentDigest>();
	return {
		cacheMap(vertex) {
			const known = maps.get(vertex) ?? cacheMapOf(vertex, dialect);
			maps.set(vertex, known);
			return known;
		},
		content(input) {
			if (input.content === undefined || input.vertex.kind !== 'context' || (asTar && takesRoot(input))) {
				return undefined;
			}

			const known = contents.get(input) ?? digestContent(input.vertex.name)(input.content, dialect);
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

function takesRoot({content = []}: KeyInput): boolean {
	return content.length === 0 || content.some(selector => selector.path === '/');
}
