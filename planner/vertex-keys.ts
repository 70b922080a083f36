import {
	type CacheMapResult,
	type ContentDigest,
	type ContentDigester,
	cacheMapOf,
	contentDigester,
	type Dialect,
	type FileSources,
	fetchedContent,
	type KeyInput,
	noRemotes,
	OpenContent,
	pathSelector,
	type RemoteTable,
	type Vertex,
	vertexFiles,
} from '../analyzer/index.ts';
import type {ContentsOf, ContextContents} from './context-contents.ts';

/** A vertex's definition and, of each input that is compared by content, the content where it can be known. */
export interface VertexKeys {
	cacheMap(vertex: Vertex): CacheMapResult;
	/**
	 * The content key of an input, of a build context, of a fetched file or of what is made without running anything; `undefined` when only
	 * the build can tell.
	 */
	content(input: KeyInput): ContentDigest | undefined;
	/** The content key that an input from a build context would have under another umask; `undefined` where that is not looked at. */
	contentAs(input: KeyInput, umask: number): ContentDigest | undefined;
	/** The build context that an input is read from, where its files can be looked at; else `undefined`. */
	files(input: KeyInput): ContextContents | undefined;
	/** Why it is known only in the build; of a stage or image only where `content` was asked for before. */
	openReason(input: KeyInput): string | undefined;
}

/** Keys over the contexts of a build and what was fetched, in one dialect, each computed once and only when asked for; stages and images are open. */
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
		files(input) {
			return input.content === undefined || input.vertex.kind !== 'context' || openReason(input) !== undefined
				? undefined
				: contentsOf(input.vertex.name);
		},
		contentAs(input, umask) {
			return input.content === undefined || input.vertex.kind !== 'context' || openReason(input) !== undefined
				? undefined
				: contentsOf(input.vertex.name).digestAs(umask, input.content, dialect);
		},
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

/**
 * The same, and what is known without running anything of stages and images: those made of the files of contexts,
 * layers and inline documents. `image` throws `OpenContent` where an image's files are not at hand.
 */
export function staticKeys(
	contentsOf: ContentsOf,
	dialect: Dialect,
	image: FileSources['image'],
	remotes: RemoteTable = noRemotes,
): VertexKeys {
	const keys = contextKeys(contentsOf, dialect, remotes);
	const filesOf = vertexFiles({
		image,
		context({name, path, wildcard}) {
			const {files, openReason} = contentsOf(name);
			const reason = openReason([{...pathSelector(path, true), wildcard}]);
			if (reason !== undefined) {
				throw new OpenContent(reason);
			}

			return files;
		},
	});
	const digesters = new Map<Vertex, ContentDigester>();
	const contents = new Map<KeyInput, ContentDigest>();
	const compute = ({vertex, content = []}: KeyInput): ContentDigest => {
		const files = filesOf(vertex);
		if (files.kind === 'open') {
			return files;
		}

		const digester = digesters.get(vertex) ?? contentDigester(files.tree);
		digesters.set(vertex, digester);
		return digester(content, dialect);
	};

	return {
		cacheMap: vertex => keys.cacheMap(vertex),
		contentAs: (input, umask) => keys.contentAs(input, umask),
		files: input => keys.files(input),
		content(input) {
			const {kind} = input.vertex;
			if (input.content === undefined || kind === 'context' || kind === 'http' || !dialect.copiesModes) {
				return keys.content(input);
			}

			const known = contents.get(input) ?? compute(input);
			contents.set(input, known);
			// What is not there makes the build fail only if BuildKit comes to look for it.
			return known.kind === 'digest' ? known : undefined;
		},
		openReason(input) {
			const known = contents.get(input);
			return known?.kind === 'open' ? known.reason : keys.openReason(input);
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
