import type {Digest} from '../../analyzer/index.ts';
import type {Ledger} from '../ledger/ledger.ts';
import type {CacheConfig} from './cache-config.ts';

/** A `--cache-from` or `--cache-to` value: buildx's CSV with its type told apart and every other attribute kept. */
export type CacheSpec =
	| {readonly kind: 'registry'; readonly ref: string; readonly attributes: CacheAttributes}
	| {readonly kind: 'local'; readonly dir: string; readonly tag: string; readonly attributes: CacheAttributes}
	| {readonly kind: 'inline'; readonly attributes: CacheAttributes}
	/** cachecast's own: an image of each stage with its inline cache, each under a tag of `ref` (planner/stages). */
	| {readonly kind: 'stages'; readonly ref: string; readonly attributes: CacheAttributes}
	| {readonly kind: 'other'; readonly type: string; readonly attributes: CacheAttributes};

export type CacheAttributes = Readonly<Record<string, string>>;

/** What came of reading one `--cache-from`. Nothing here is an exception: a cache that cannot be read is a cold plan, said aloud. */
export type CacheReading =
	| {
			readonly kind: 'found';
			readonly spec: CacheSpec;
			readonly config: CacheConfig;
			/** Digests of the configs of the images in which it lies; absent where it is a cache of its own. */
			readonly images?: readonly Digest[];
			/** What the build that wrote it noted beside it. */
			readonly ledger?: Ledger;
	  }
	/** There is no such cache (yet). */
	| {readonly kind: 'missing'; readonly spec: CacheSpec}
	/** It is there, or may be, but could not be read: the reason in one sentence. */
	| {readonly kind: 'unreadable'; readonly spec: CacheSpec; readonly reason: string; readonly contents: UnreadContents}
	/** A kind that can be read only from where it lives (gha, s3, azblob). */
	| {
			readonly kind: 'unsupported';
			readonly spec: CacheSpec;
			readonly reason: string;
			readonly contents: UnreadContents;
	  };

/**
 * What a cache that was not read holds for the build: `none` where BuildKit refuses it as well and goes on without it
 * (solver/llbsolver/bridge.go), or never gets it; `unknown` where BuildKit may have more luck, or more rights.
 */
export type UnreadContents = 'unknown' | 'none';
