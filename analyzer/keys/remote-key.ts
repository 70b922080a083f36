import {createHash} from 'node:crypto';
import type {ContentDigest} from '../context/content-digest.ts';
import {hasPatterns, type Selector} from '../context/selector.ts';
import type {CacheMapResult} from './cache-map.ts';
import type {Dialect} from './dialect.ts';
import {type Digest, sha256} from './digest.ts';
import {commitOf} from './git-commit.ts';
import {goJson, omitEmpty} from './go-json.ts';
import {httpTime} from './http-time.ts';
import type {RemoteTable} from './remotes.ts';
import {remoteKey} from './remotes.ts';
import type {GitVertex, HttpVertex} from './vertex.ts';

/** The cache map of a file at a URL: by its name and checksum (BuildKit source/http/source.go formatCacheKey). */
export function httpCacheMap(vertex: HttpVertex, dialect: Dialect, remotes: RemoteTable): CacheMapResult {
	const {fileName, checksum, written} = vertex;
	if (checksum !== undefined) {
		return sourceMap(httpKey(fileName, checksum, undefined));
	}

	const found = remotes.get(remoteKey(vertex));
	if (found?.kind === 'file') {
		return sourceMap(httpKey(fileName, found.digest, httpTime(found.lastModified, dialect)));
	}

	const why =
		found?.kind === 'unresolved'
			? `${written} cannot be fetched: ${found.reason}`
			: `what ${written} holds is known only when it is fetched; pin it with --checksum, or use --online`;
	return {kind: 'unknown', cause: why};
}

function httpKey(fileName: string, digest: string, lastModified: string | undefined): Digest {
	return sha256(
		goJson({Filename: fileName, Perm: 0, UID: 0, GID: 0, Checksum: digest, LastModTime: omitEmpty(lastModified)}),
	);
}

/** The cache map of a commit of a git repository (BuildKit source/git/source.go CacheKey, shaToCacheKey). */
export function gitCacheMap(vertex: GitVertex, dialect: Dialect, remotes: RemoteTable): CacheMapResult {
	const commit = commitOf(vertex, dialect, remotes);
	if (commit.kind === 'unknown') {
		return commit;
	}

	const kept = commit.name === '' ? '.git' : `.git#${commit.name}`;
	const {subdir, keepGitDir, skipSubmodules} = vertex;
	return sourceMap(
		`${commit.id}${keepGitDir ? kept : ''}${subdir === '' ? '' : `:${subdir}`}${skipSubmodules ? '(skip-submodules)' : ''}`,
	);
}

function sourceMap(key: string): CacheMapResult {
	const preimage = `buildkit.source.v0:${key}`;
	return {kind: 'known', map: {digests: [sha256(preimage)], preimages: [preimage], inputs: []}};
}

/** The content key of what is selected of a fetched file; `undefined` where it was not fetched, or patterns select. */
export function fetchedContent(
	vertex: HttpVertex,
	selectors: readonly Selector[],
	remotes: RemoteTable,
): ContentDigest | undefined {
	const found = remotes.get(remoteKey(vertex));
	const [selector, ...others] = selectors;
	return found?.kind !== 'file' ||
		(vertex.checksum !== undefined && vertex.checksum !== found.digest) ||
		selector === undefined ||
		others.length > 0 ||
		hasPatterns(selector)
		? undefined
		: {kind: 'digest', digest: sha256(found.content)};
}

/**
 * The digest of a fetched file as BuildKit keeps it until it is copied: mode 0600, owner 0:0 (source/http/source.go
 * save; the form is that of cache/contenthash/tarsum.go).
 */
export function fetchedFileDigest(bytes: Uint8Array): Digest {
	const header = `namemode${0o600}uid0gid0size${bytes.byteLength}typeflag0linknameunamegnamedevmajor0devminor0`;
	return `sha256:${createHash('sha256').update(header).update(bytes).digest('hex')}`;
}
