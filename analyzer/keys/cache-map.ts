import type {Selector} from '../context/selector.ts';
import {type Digest, sha256} from './digest.ts';
import type {Vertex} from './vertex.ts';

/** One input of a vertex as its cache map sees it (BuildKit solver/types.go CacheMap.Deps). */
export interface KeyInput {
	readonly vertex: Vertex;
	/** Which part of the input's result is used; part of the link between the two records. */
	readonly selector?: Digest;
	/** What is hashed of the input's content; absent: the input is never compared by content. Empty: the whole of it. */
	readonly content?: readonly Selector[];
}

/** The digest of an operation's definition; of a merge before BuildKit 0.13 the text itself stands where it should be. */
export type DefinitionDigest = string;

/** A vertex's key by definition: digests of the operation itself (never of its parents), and its inputs. */
export interface CacheMap {
	/** More than one for an image: by manifest and by layers. Either will do. */
	readonly digests: readonly DefinitionDigest[];
	/** What was hashed, readable: one text per digest. */
	readonly preimages: readonly string[];
	readonly inputs: readonly KeyInput[];
}

export type CacheMapResult =
	| {readonly kind: 'known'; readonly map: CacheMap}
	/** The definition cannot be known before the build. */
	| {readonly kind: 'unknown'; readonly cause: string}
	/** The vertex has no key of its own: only what is selected of it counts. */
	| {readonly kind: 'keyless'};

/** The digest a cache config has for output 0 of an operation (BuildKit solver/cachekey.go, remotecache/v1). */
export function recordDigest(definition: DefinitionDigest): Digest {
	return sha256(`${definition}@0`);
}

/** The digest of the root record that stands for content. */
export function contentRecordDigest(content: Digest): Digest {
	return sha256(`${content}@-1`);
}

/** The vertices of a list without scratch and repetition, in order of first use: an operation's inputs. */
export function distinctVertices(vertices: readonly (Vertex | undefined)[]): readonly Vertex[] {
	return [...new Set(vertices)].filter(vertex => vertex !== undefined);
}
