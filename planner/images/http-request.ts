import {describeFailure, type Failure} from './http-failure.ts';

export interface HttpRequest {
	readonly url: URL;
	readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array | BodySource;
	/** An answer longer than this is not read. */
	readonly maxBytes: number;
}

/** A body too large for memory; it is opened anew for each attempt. */
export interface BodySource {
	/** In bytes. */
	readonly size: number;
	open(): AsyncIterable<Uint8Array>;
}

/** An answer with its whole body, or a few words on why there is none. No text in here holds a URL or a header. */
export type HttpOutcome =
	| {readonly kind: 'answer'; readonly status: number; readonly headers: HttpHeaders; readonly bytes: Uint8Array}
	| {readonly kind: 'failed'; readonly problem: string};

/** An answer whose body is still to come, within the same time per piece; reading it may throw {@link HttpBodyError}. */
export type OpenOutcome =
	| {
			readonly kind: 'answer';
			readonly status: number;
			readonly headers: HttpHeaders;
			readonly body: AsyncIterable<Uint8Array>;
	  }
	| {readonly kind: 'failed'; readonly problem: string};

/** A body broke off; the message is a few words on why, without URL or header. */
export class HttpBodyError extends Error {}

/** As much of fetch as is used here. */
export type Fetch = (
	url: URL,
	init: {
		readonly method: string;
		readonly headers: Record<string, string>;
		readonly redirect: 'manual';
		readonly signal: AbortSignal;
		readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
		/** Of a body that is read piece by piece. */
		readonly duplex?: 'half';
	},
) => Promise<FetchResponse>;

export interface FetchResponse {
	readonly status: number;
	readonly headers: HttpHeaders;
	readonly body: (AsyncIterable<Uint8Array> & {cancel(): Promise<void>}) | null;
}

export interface HttpHeaders {
	/** A header by its name, whatever the case. */
	get(name: string): string | null;
}

export interface HttpOptions {
	readonly fetch: Fetch;
	/** For one attempt, body included; for a body that is read or sent bit by bit, for each piece. */
	readonly timeoutMs: number;
	/** Further attempts after the first. */
	readonly retries: number;
	readonly wait: (ms: number) => Promise<void>;
	readonly signal?: AbortSignal;
}

export type SendRequest = (request: HttpRequest) => Promise<HttpOutcome>;

export type OpenRequest = (request: HttpRequest) => Promise<OpenOutcome>;

/** One request, without redirects and repetition. */
type Attempt<T> = (request: HttpRequest) => Promise<Answered<T> | Failure>;

type Answered<T> = T & {readonly kind: 'answer'; readonly status: number; readonly headers: HttpHeaders};

const firstWaitMs = 250;
const maxWaitMs = 10_000;
const maxRedirects = 5;

/**
 * Sends requests over `fetch` and repeats them after 429, 5xx and lost connections, doubling the wait, or as long as
 * Retry-After asks for. A server that asks for more than ten seconds gets no second request. Redirects are followed, but
 * the Authorization header stays with the host it was made for.
 */
export function createSend(options: HttpOptions): SendRequest {
	return request => repeat(options, request, one => sendOnce(options, one));
}

/** The same for a body of any length, which the caller reads piece by piece. Only what comes before it is repeated. */
export function createOpen(options: HttpOptions): OpenRequest {
	return request => repeat(options, request, one => openOnce(options, one));
}

async function repeat<T>(
	options: HttpOptions,
	request: HttpRequest,
	attempt: Attempt<T>,
): Promise<Answered<T> | {readonly kind: 'failed'; readonly problem: string}> {
	for (let count = 0; ; count++) {
		const outcome = await follow(request, attempt);
		const pause = pauseAfter(outcome, count);
		if (pause === undefined || count >= options.retries || options.signal?.aborted) {
			return outcome;
		}

		await options.wait(pause);
	}
}

function pauseAfter(outcome: Answered<unknown> | Failure, count: number): number | undefined {
	const backOff = Math.min(firstWaitMs * 2 ** count, maxWaitMs);
	if (outcome.kind === 'failed') {
		return outcome.transient === true ? backOff : undefined;
	}

	if (outcome.status !== 429 && outcome.status < 500) {
		return undefined;
	}

	const asked = retryAfterMs(outcome.headers);
	const pause = Math.max(backOff, asked);
	return pause > maxWaitMs ? undefined : pause;
}

function retryAfterMs(headers: HttpHeaders): number {
	const value = headers.get('retry-after') ?? '';
	if (/^\d+$/.test(value)) {
		return Number(value) * 1000;
	}

	const date = Date.parse(value);
	return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

async function follow<T>(request: HttpRequest, attempt: Attempt<T>): Promise<Answered<T> | Failure> {
	let current = request;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		const outcome = await attempt(current);
		if (outcome.kind === 'failed' || ![301, 302, 303, 307, 308].includes(outcome.status)) {
			return outcome;
		}

		const location = outcome.headers.get('location') ?? '';
		if (!URL.canParse(location, current.url.href)) {
			return {kind: 'failed', problem: 'it redirects to nowhere'};
		}

		const url = new URL(location, current.url);
		if (
			!['http:', 'https:'].includes(url.protocol) ||
			(current.url.protocol === 'https:' && url.protocol === 'http:')
		) {
			return {kind: 'failed', problem: 'it redirects to an address without encryption'};
		}

		const {authorization: _, ...others} = current.headers;
		current = {...current, url, headers: url.origin === current.url.origin ? current.headers : others};
	}

	return {kind: 'failed', problem: 'it redirects without end'};
}

async function sendOnce(
	options: HttpOptions,
	request: HttpRequest,
): Promise<Answered<{readonly bytes: Uint8Array}> | Failure> {
	const deadline = new AbortController();
	let timer = setTimeout(() => deadline.abort(), options.timeoutMs);
	const renew = (): void => {
		clearTimeout(timer);
		timer = setTimeout(() => deadline.abort(), options.timeoutMs);
	};
	try {
		const response = await start(options, request, deadline.signal, renew);
		const bytes = await readBody(response, request.maxBytes);
		return bytes === undefined
			? {kind: 'failed', problem: `its answer is longer than ${request.maxBytes} bytes`}
			: {kind: 'answer', status: response.status, headers: response.headers, bytes};
	} catch (error) {
		return failure(options, deadline.signal, error);
	} finally {
		clearTimeout(timer);
	}
}

async function openOnce(
	options: HttpOptions,
	request: HttpRequest,
): Promise<Answered<{readonly body: AsyncIterable<Uint8Array>}> | Failure> {
	const deadline = new AbortController();
	const timer = setTimeout(() => deadline.abort(), options.timeoutMs);
	try {
		const response = await start(options, request, deadline.signal);
		if (response.status !== 200) {
			await response.body?.cancel();
		}

		return {
			kind: 'answer',
			status: response.status,
			headers: response.headers,
			body: pieces(options, request.maxBytes, response, deadline),
		};
	} catch (error) {
		return failure(options, deadline.signal, error);
	} finally {
		clearTimeout(timer);
	}
}

async function* pieces(
	options: HttpOptions,
	maxBytes: number,
	response: FetchResponse,
	deadline: AbortController,
): AsyncIterable<Uint8Array> {
	let timer = setTimeout(() => deadline.abort(), options.timeoutMs);
	let size = 0;
	try {
		for await (const piece of response.body ?? []) {
			clearTimeout(timer);
			size += piece.byteLength;
			if (size > maxBytes) {
				throw new HttpBodyError(`its answer is longer than ${maxBytes} bytes`);
			}

			yield piece;
			timer = setTimeout(() => deadline.abort(), options.timeoutMs);
		}
	} catch (error) {
		throw error instanceof HttpBodyError ? error : new HttpBodyError(failure(options, deadline.signal, error).problem);
	} finally {
		clearTimeout(timer);
	}
}

// `renew`: a piece of the body was sent.
function start(
	options: HttpOptions,
	{url, method, headers, body}: HttpRequest,
	timeout: AbortSignal,
	renew: () => void = () => undefined,
): Promise<FetchResponse> {
	const init = {
		method,
		headers: {'user-agent': 'cachecast', 'accept-encoding': 'identity', ...headers},
		redirect: 'manual',
		signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
	} as const;
	if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
		return options.fetch(url, {...init, ...(body !== undefined && {body})});
	}

	return options.fetch(url, {
		...init,
		headers: {...init.headers, 'content-length': String(body.size)},
		body: renewing(body.open(), renew),
		duplex: 'half',
	});
}

async function* renewing(pieces: AsyncIterable<Uint8Array>, renew: () => void): AsyncIterable<Uint8Array> {
	for await (const piece of pieces) {
		renew();
		yield piece;
	}
}

function failure(options: HttpOptions, timeout: AbortSignal, error: unknown): Failure {
	if (options.signal?.aborted) {
		return {kind: 'failed', problem: 'the request was cancelled'};
	}

	return timeout.aborted
		? {kind: 'failed', problem: `it did not answer within ${options.timeoutMs / 1000} s`}
		: describeFailure(error);
}

async function readBody(response: FetchResponse, maxBytes: number): Promise<Uint8Array | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		size += chunk.byteLength;
		if (size > maxBytes) {
			return undefined;
		}

		chunks.push(chunk);
	}

	return Buffer.concat(chunks);
}
