import type {CacheResult} from './caches/cache-config.ts';

/** `none`: BuildKit makes nothing of the instruction that could be cached. */
export type Outcome = 'hit' | 'miss' | 'unknown' | 'none';

/** The records of all caches together that a vertex matches. */
export type Found =
	| {readonly kind: 'hit'; readonly result: CacheResult}
	/** Matched, but the cache holds no layers. */
	| {readonly kind: 'key-only'}
	/** Matched in one cache, while BuildKit may follow another. */
	| {readonly kind: 'ambiguous'}
	/** A cache whose contents are not known here may hold it, or may lead the builder away from one that does. */
	| {readonly kind: 'unread'}
	| {readonly kind: 'possible'}
	| {readonly kind: 'absent'};
