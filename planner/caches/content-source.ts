import type {Digest} from '../../analyzer/index.ts';
import type {Absence} from '../images/absence.ts';
import type {Content} from '../images/registry-client.ts';
import type {CacheConfig} from './cache-config.ts';
import type {UnreadContents} from './cache-source.ts';

/** Where the manifests and blobs of a cache come from: a registry or a folder. Bytes are checked against the digest. */
export interface ContentSource {
	manifest(digest: Digest): Promise<Content>;
	blob(digest: Digest): Promise<Content>;
}

/** A cache made readable, or one sentence on why it is none. */
export type CacheImport =
	| {
			readonly kind: 'imported';
			readonly config: CacheConfig;
			/** Digests of the configs of the images in which it lies; absent where it is a cache of its own. */
			readonly images?: readonly Digest[];
	  }
	| FailedImport;

/** `contents`: whether BuildKit fails on it as well. */
export interface FailedImport {
	readonly kind: 'failed';
	readonly reason: string;
	readonly contents: UnreadContents;
	/** It is an image that was built without a cache. */
	readonly isNone?: true;
}

/** A cache that BuildKit refuses too. */
export function refused(reason: string): FailedImport {
	return {kind: 'failed', reason, contents: 'none'};
}

/** Why a part of a cache could not be read. One that is not there is not there for BuildKit either. */
export function absentPart(what: string, absence: Absence): FailedImport {
	return absence.kind === 'failed'
		? {kind: 'failed', reason: absence.reason, contents: absence.isDamaged === true ? 'none' : 'unknown'}
		: refused(`${what} is no longer there; write the cache again`);
}
