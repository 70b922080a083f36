import {setTimeout} from 'node:timers/promises';
import {type Digest, isDigest, sha256} from '../../analyzer/index.ts';
import type {Credentials} from './credentials.ts';
import {createSend, type HttpOutcome, type SendRequest} from './http-request.ts';
import {detectMediaType, manifestTypes} from './manifest.ts';
import {type RegistryReference, registryOrigins} from './registry-address.ts';
import {authorize, needsLogin} from './registry-auth.ts';

/** Reads manifests and blobs from registries. Nothing throws; each reason is one sentence that says what to do. */
export interface RegistryClient {
	/** The manifest a reference points at now: its digest when it has one, else its tag or `latest`. */
	resolve(reference: RegistryReference): Promise<Resolution>;
	manifest(reference: RegistryReference, digest: Digest): Promise<Content>;
	/** Reads a small blob, a config: not a layer. */
	blob(reference: RegistryReference, digest: Digest): Promise<Content>;
	/** Whether the registry holds a blob, and its size in bytes. */
	headBlob(reference: RegistryReference, digest: Digest): Promise<BlobPresence>;
}

export type Resolution =
	| {readonly kind: 'found'; readonly digest: Digest; readonly mediaType: string; readonly bytes: Uint8Array}
	| Absence;

/** Bytes whose digest was checked. */
export type Content = {readonly kind: 'found'; readonly bytes: Uint8Array} | Absence;

export type BlobPresence = {readonly kind: 'found'; readonly size?: number} | Absence;

export type Absence = {readonly kind: 'missing'} | {readonly kind: 'failed'; readonly reason: string};

export interface RegistryClientOptions {
	readonly credentials: Credentials;
	readonly fetch?: typeof globalThis.fetch;
	/** For one request with its answer; 20 s when absent. */
	readonly timeoutMs?: number;
	/** Further attempts after the first one failed; 3 when absent. */
	readonly retries?: number;
	/** Waits between attempts; a timer when absent. */
	readonly wait?: (ms: number) => Promise<void>;
	/** Ends all requests. */
	readonly signal?: AbortSignal;
}

type Answer = Extract<HttpOutcome, {kind: 'answer'}> | Absence;

/** containerd accepts no larger manifest (core/remotes/docker/resolver.go). */
const maxManifestBytes = 4 * 1048 * 1048;
const maxBlobBytes = 16 << 20;

/** A client that keeps the tokens it got, one per repository. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
	const send = createSend({
		fetch: options.fetch ?? globalThis.fetch,
		timeoutMs: options.timeoutMs ?? 20_000,
		retries: options.retries ?? 3,
		wait: options.wait ?? (ms => setTimeout(ms)),
		...(options.signal === undefined ? {} : {signal: options.signal}),
	});
	const request = createRepositoryRequest(send, options.credentials);
	const accept = {accept: manifestTypes.join(', ')};
	return {
		async resolve(reference) {
			const target = reference.digest ?? reference.tag ?? 'latest';
			const answer = await request(reference, 'GET', `manifests/${target}`, accept, maxManifestBytes);
			return answer.kind === 'answer' ? resolution(reference, answer) : answer;
		},
		async manifest(reference, digest) {
			const answer = await request(reference, 'GET', `manifests/${digest}`, accept, maxManifestBytes);
			return answer.kind === 'answer' ? checked(reference, digest, answer.bytes) : answer;
		},
		async blob(reference, digest) {
			const answer = await request(reference, 'GET', `blobs/${digest}`, {}, maxBlobBytes);
			return answer.kind === 'answer' ? checked(reference, digest, answer.bytes) : answer;
		},
		async headBlob(reference, digest) {
			const answer = await request(reference, 'HEAD', `blobs/${digest}`, {}, maxBlobBytes);
			if (answer.kind !== 'answer') {
				return answer;
			}

			const length = answer.headers.get('content-length');
			return {kind: 'found', ...(length === null ? {} : {size: Number(length)})};
		},
	};
}

function resolution(reference: RegistryReference, answer: Extract<Answer, {kind: 'answer'}>): Resolution {
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
		? {kind: 'found', digest, mediaType, bytes: answer.bytes}
		: wrongDigest(domain);
}

function checked({domain}: RegistryReference, digest: Digest, bytes: Uint8Array): Content {
	return sha256(bytes) === digest ? {kind: 'found', bytes} : wrongDigest(domain);
}

function wrongDigest(domain: string): Absence {
	return {
		kind: 'failed',
		reason: `registry "${domain}" sent content that does not match its digest; try again, and check proxies in between`,
	};
}

type RepositoryRequest = (
	reference: RegistryReference,
	method: 'GET' | 'HEAD',
	path: string,
	headers: Readonly<Record<string, string>>,
	maxBytes: number,
) => Promise<Answer>;

function createRepositoryRequest(send: SendRequest, credentials: Credentials): RepositoryRequest {
	const authorizations = new Map<string, ReturnType<typeof authorize>>();

	return async (reference, method, path, headers, maxBytes) => {
		const {domain} = reference;
		const key = `${domain}/${reference.path}`;
		let problem = '';
		for (const origin of registryOrigins(reference)) {
			const url = new URL(`${origin}/v2/${reference.path}/${path}`);
			const attempt = (authorization?: string): Promise<HttpOutcome> =>
				send({
					url,
					method,
					headers: authorization === undefined ? headers : {...headers, authorization},
					maxBytes,
				});

			const before = authorizations.get(key);
			const known = await before;
			let loggedIn = known?.kind === 'header' && known.loggedIn;
			let outcome = await attempt(known?.kind === 'header' ? known.value : undefined);
			if (outcome.kind === 'answer' && outcome.status === 401) {
				// Whoever comes first gets the token; others that were refused meanwhile wait for the same one.
				let next = authorizations.get(key);
				if (next === undefined || next === before) {
					next = authorize(send, credentials, reference, outcome.headers.get('www-authenticate') ?? '');
					authorizations.set(key, next);
				}

				const answer = await next;
				if (answer.kind === 'denied') {
					return {kind: 'failed', reason: answer.reason};
				}

				loggedIn = answer.loggedIn;
				outcome = await attempt(answer.value);
			}

			if (outcome.kind === 'answer') {
				return judge(reference, loggedIn, outcome);
			}

			problem = outcome.problem;
		}

		return {kind: 'failed', reason: `registry "${domain}" cannot be used: ${problem}`};
	};
}

function judge(reference: RegistryReference, loggedIn: boolean, answer: Extract<Answer, {kind: 'answer'}>): Answer {
	const {domain} = reference;
	switch (answer.status) {
		case 200:
			return answer;
		case 404:
			return {kind: 'missing'};
		case 401:
		case 403:
			return {kind: 'failed', reason: needsLogin(reference, loggedIn)};
		case 429:
			return {kind: 'failed', reason: `registry "${domain}" allows no more requests now (429); wait, or log in`};
		default:
			return {kind: 'failed', reason: `registry "${domain}" answered ${answer.status}; try again later`};
	}
}
