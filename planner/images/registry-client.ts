import {createHash} from 'node:crypto';
import {type Digest, isDigest, sha256} from '../../analyzer/index.ts';
import type {Absence} from './absence.ts';
import type {Credentials} from './credentials.ts';
import {createOpen, createSend, type Fetch, HttpBodyError, type HttpHeaders} from './http-request.ts';
import {detectMediaType, manifestTypes} from './manifest.ts';
import {noRoutes, type RegistryReference, type RegistryRoutes} from './registry-address.ts';
import {registryHttp} from './registry-http.ts';
import {createRepositoryRequest, unusable} from './repository-request.ts';

/** Reads manifests and blobs from registries. Nothing throws; each reason is one sentence that says what to do. */
export interface RegistryClient {
	/** The manifest a reference points at now: its digest when it has one, else its tag or `latest`. */
	resolve(reference: RegistryReference): Promise<Resolution>;
	manifest(reference: RegistryReference, digest: Digest): Promise<Content>;
	/** Reads a small blob, a config: not a layer. */
	blob(reference: RegistryReference, digest: Digest): Promise<Content>;
	/** A blob of any size, read piece by piece: a layer. */
	blobStream(reference: RegistryReference, digest: Digest): Promise<BlobStream>;
	/** Whether the registry holds a blob, and its size in bytes. */
	headBlob(reference: RegistryReference, digest: Digest): Promise<BlobPresence>;
}

export type Resolution =
	| {
			readonly kind: 'found';
			readonly digest: Digest;
			readonly mediaType: string;
			readonly bytes: Uint8Array;
			/** `disk`: the registry was not asked. */
			readonly source: 'registry' | 'disk';
	  }
	| Absence;

/** Bytes whose digest was checked. */
export type Content = {readonly kind: 'found'; readonly bytes: Uint8Array} | Absence;

/**
 * A blob that is still to come; `size` in bytes. Iterating over `chunks` throws an Error with one sentence as its message
 * when the connection is lost, and after the last chunk when the whole does not match the digest: what was read until
 * then counts only after the end was reached.
 */
export type BlobStream =
	| {readonly kind: 'found'; readonly size?: number; readonly chunks: AsyncIterable<Uint8Array>}
	| Absence;

export type BlobPresence = {readonly kind: 'found'; readonly size?: number} | Absence;

export interface RegistryClientOptions {
	readonly credentials: Credentials;
	/** Node's own when absent. */
	readonly fetch?: Fetch;
	/** For one request with its answer; 20 s when absent. */
	readonly timeoutMs?: number;
	/** Further attempts after the first one failed; 3 when absent. */
	readonly retries?: number;
	/** Waits between attempts; a timer when absent. */
	readonly wait?: (ms: number) => Promise<void>;
	/** Mirrors, and registries without encryption; none when absent. */
	readonly routes?: RegistryRoutes;
	/** Ends all requests. */
	readonly signal?: AbortSignal;
}

/** containerd accepts no larger manifest (core/remotes/docker/resolver.go). */
const maxManifestBytes = 4 * 1048 * 1048;
const maxBlobBytes = 16 << 20;

/** Larger than any layer a registry takes: a stream needs no limit. */
const maxStreamBytes = Number.MAX_SAFE_INTEGER;

/** A client that keeps the tokens it got, one per repository. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
	const http = registryHttp(options);
	const send = createSend(http);
	const open = createOpen(http);
	const request = createRepositoryRequest(send, options.credentials, options.routes ?? noRoutes);
	const accept = {accept: manifestTypes.join(', ')};
	const get = (
		reference: RegistryReference,
		path: string,
		headers: Readonly<Record<string, string>>,
		maxBytes: number,
	) => request(reference, {method: 'GET', path, headers, maxBytes}, send);
	return {
		async resolve(reference) {
			const target = reference.digest ?? reference.tag ?? 'latest';
			const answer = await get(reference, `manifests/${target}`, accept, maxManifestBytes);
			return answer.kind === 'answer' ? resolution(reference, answer) : answer;
		},
		async manifest(reference, digest) {
			const answer = await get(reference, `manifests/${digest}`, accept, maxManifestBytes);
			return answer.kind === 'answer' ? checked(reference, digest, answer.bytes) : answer;
		},
		async blob(reference, digest) {
			const answer = await get(reference, `blobs/${digest}`, {}, maxBlobBytes);
			return answer.kind === 'answer' ? checked(reference, digest, answer.bytes) : answer;
		},
		async blobStream(reference, digest) {
			const path = `blobs/${digest}`;
			const answer = await request(reference, {method: 'GET', path, headers: {}, maxBytes: maxStreamBytes}, open);
			return answer.kind === 'answer'
				? {kind: 'found', ...sizeOf(answer.headers), chunks: checkedChunks(reference, digest, answer.body)}
				: answer;
		},
		async headBlob(reference, digest) {
			const path = `blobs/${digest}`;
			const answer = await request(reference, {method: 'HEAD', path, headers: {}, maxBytes: maxBlobBytes}, send);
			return answer.kind === 'answer' ? {kind: 'found', ...sizeOf(answer.headers)} : answer;
		},
	};
}

function sizeOf(headers: HttpHeaders): {readonly size?: number} {
	const length = headers.get('content-length');
	return length === null ? {} : {size: Number(length)};
}

async function* checkedChunks(
	reference: RegistryReference,
	digest: Digest,
	body: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
	const hash = createHash('sha256');
	try {
		for await (const chunk of body) {
			hash.update(chunk);
			yield chunk;
		}
	} catch (error) {
		throw error instanceof HttpBodyError ? new Error(unusable(reference, error.message)) : error;
	}

	if (`sha256:${hash.digest('hex')}` !== digest) {
		throw new Error(wrongDigest(reference.domain).reason);
	}
}

function resolution(
	reference: RegistryReference,
	answer: {readonly headers: HttpHeaders; readonly bytes: Uint8Array},
): Resolution {
	const {domain} = reference;
	const header = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
	if (/^application\/vnd\.docker\.distribution\.manifest\.v1\+/.test(header)) {
		return {
			kind: 'failed',
			reason: `registry "${domain}" has "${reference.path}" only as a schema 1 manifest, which BuildKit no longer reads; push the image again`,
		};
	}

	const mediaType = manifestTypes.includes(header) ? header : detectMediaType(answer.bytes);
	if (mediaType === undefined) {
		return {
			kind: 'failed',
			reason: `what "${domain}" answered is no image manifest; check that it is a registry`,
		};
	}

	const digest = sha256(answer.bytes);
	const promised = reference.digest ?? answer.headers.get('docker-content-digest') ?? digest;
	return promised === digest || !isDigest(promised)
		? {kind: 'found', digest, mediaType, bytes: answer.bytes, source: 'registry'}
		: wrongDigest(domain);
}

function checked({domain}: RegistryReference, digest: Digest, bytes: Uint8Array): Content {
	return sha256(bytes) === digest ? {kind: 'found', bytes} : wrongDigest(domain);
}

function wrongDigest(domain: string): Extract<Absence, {kind: 'failed'}> {
	return {
		kind: 'failed',
		reason: `registry "${domain}" sent content that does not match its digest; try again, and check proxies in between`,
	};
}
