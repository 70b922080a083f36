import type {Digest} from '../analyzer/index.ts';
import type {CacheLayer, CacheResult} from './caches/cache-config.ts';

/** `none`: BuildKit makes nothing of the instruction that could be cached. */
export type Outcome = 'hit' | 'miss' | 'unknown' | 'none';

/** A result that will be taken from a cache. */
export interface LoadedResult {
	/** When the step ran, RFC 3339. */
	readonly createdAt?: string;
	/** Its layers, those of the base image too, lowest first. */
	readonly layers: readonly CacheLayer[];
}

/** The records of all caches together that a vertex matches. */
export type Found =
	| {readonly kind: 'hit'; readonly result: LoadedResult}
	/** Matched, and taken; but a layer of it is gone from the cache, or may be. */
	| {readonly kind: 'lost'; readonly layer: Digest; readonly reason: string}
	/** Matched, but the cache holds no layers. */
	| {readonly kind: 'key-only'}
	/** Matched in one cache, while BuildKit may follow another. */
	| {readonly kind: 'ambiguous'}
	/** A cache whose contents are not known here may hold it, or may lead the builder away from one that does. */
	| {readonly kind: 'unread'}
	| {readonly kind: 'possible'}
	/** The same, without layers. */
	| {readonly kind: 'possible-key'}
	| {readonly kind: 'absent'};

/** The result that a record of a cache has, with its layers. */
export function loadedResult({chain, createdAt}: CacheResult, layers: readonly CacheLayer[]): LoadedResult {
	return {
		...(createdAt !== undefined && {createdAt}),
		layers: chain.flatMap(index => layers[index] ?? []),
	};
}
