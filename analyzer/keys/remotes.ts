import type {Digest} from './digest.ts';
import type {GitVertex, HttpVertex} from './vertex.ts';

/** What is at the other end of a URL, fetched before the plan. */
export type RemoteResult =
	| {
			readonly kind: 'file';
			/** Of the body. */
			readonly digest: Digest;
			/** `fetchedFileDigest` of the body. */
			readonly content: Digest;
			/** The Last-Modified header. */
			readonly lastModified?: string;
	  }
	| {
			readonly kind: 'refs';
			/** What was asked for: the vertex's reference, or the name of the default branch. */
			readonly ref: string;
			/** What `git ls-remote REMOTE REF REF^{}` prints, in its order. */
			readonly lines: readonly RemoteRef[];
	  }
	/** It could not be fetched; the reason holds no URL. */
	| {readonly kind: 'unresolved'; readonly reason: string};

export interface RemoteRef {
	readonly id: string;
	/** `refs/tags/v1`; with `^{}` behind it: the commit an annotated tag points at. */
	readonly name: string;
}

/** What was fetched, by `remoteKey`. */
export type RemoteTable = ReadonlyMap<string, RemoteResult>;

/** Nothing was fetched. */
export const noRemotes: RemoteTable = new Map();

/** The key of a source in a `RemoteTable`. */
export function remoteKey(vertex: HttpVertex | GitVertex): string {
	return vertex.kind === 'http' ? vertex.url : `${vertex.remote}\n${vertex.ref}`;
}
