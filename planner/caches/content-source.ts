import type {Digest} from '../../analyzer/index.ts';
import type {Absence, Content} from '../images/registry-client.ts';
import type {CacheConfig} from './cache-config.ts';

/** Where the manifests and blobs of a cache come from: a registry or a folder. Bytes are checked against the digest. */
export interface ContentSource {
	manifest(digest: Digest): Promise<Content>;
	blob(digest: Digest): Promise<Content>;
}

/** A cache made readable, or one sentence on why it is none. */
export type CacheImport =
	| {readonly kind: 'imported'; readonly config: CacheConfig}
	| {readonly kind: 'failed'; readonly reason: string};

/** Why a part of a cache could not be read. */
export function absenceReason(what: string, absence: Absence): string {
	return absence.kind === 'failed' ? absence.reason : `${what} is no longer there; write the cache again`;
}
