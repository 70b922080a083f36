import type {CacheConfig} from './cache-config.ts';

/** A `--cache-from` or `--cache-to` value: buildx's CSV with its type told apart and every other attribute kept. */
export type CacheSpec =
	| {readonly kind: 'registry'; readonly ref: string; readonly attributes: CacheAttributes}
	| {readonly kind: 'local'; readonly dir: string; readonly tag: string; readonly attributes: CacheAttributes}
	| {readonly kind: 'inline'; readonly attributes: CacheAttributes}
	| {readonly kind: 'other'; readonly type: string; readonly attributes: CacheAttributes};

export type CacheAttributes = Readonly<Record<string, string>>;

/** What came of reading one `--cache-from`. Nothing here is an exception: a cache that cannot be read is a cold plan, said aloud. */
export type CacheReading =
	| {readonly kind: 'found'; readonly spec: CacheSpec; readonly config: CacheConfig}
	/** There is no such cache (yet). */
	| {readonly kind: 'missing'; readonly spec: CacheSpec}
	/** It is there, or may be, but could not be read: the reason in one sentence. */
	| {readonly kind: 'unreadable'; readonly spec: CacheSpec; readonly reason: string}
	/** A kind that can be read only from where it lives (gha, s3, azblob). */
	| {readonly kind: 'unsupported'; readonly spec: CacheSpec; readonly reason: string};
