import type {Digest} from '../../analyzer/index.ts';

/** One way an input of a record may be matched: the record it points at and the part of it that is used. */
export interface CacheLink {
	/** Index into `CacheConfig.records`. */
	readonly link: number;
	readonly selector?: Digest;
}

/** A layer blob a cache holds, with its parent in the chain (-1: none). */
export interface CacheLayer {
	readonly blob: Digest;
	readonly parent: number;
	/** Compressed size in bytes; absent when the manifest does not say. */
	readonly size?: number;
	readonly mediaType?: string;
	/** Digest of the uncompressed layer, from `containerd.io/uncompressed`. */
	readonly diffId?: Digest;
}

/** A result of a record: its layer chain (indexes into `CacheConfig.layers`, lowest first) and when the step ran. */
export interface CacheResult {
	readonly chain: readonly number[];
	/** RFC 3339. */
	readonly createdAt?: string;
}

/** "An identifier for loading in cache" (BuildKit solver/types.go): a key, its inputs, and its results (none: key only). */
export interface CacheRecord {
	readonly digest: Digest;
	/** For each input, the alternatives. */
	readonly inputs: readonly (readonly CacheLink[])[];
	readonly results: readonly CacheResult[];
}

/** A cache config (`application/vnd.buildkit.cacheconfig.v0`) made readable (BuildKit cache/remotecache/v1/spec.go). */
export interface CacheConfig {
	readonly records: readonly CacheRecord[];
	readonly layers: readonly CacheLayer[];
}
