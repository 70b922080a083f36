import {asObject, asString, member} from '../json-value.ts';

export interface HttpRequest {
	readonly url: URL;
	readonly method: 'GET' | 'HEAD' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	/** An answer longer than this is not read. */
	readonly maxBytes: number;
}

/** An answer with its whole body, or a few words on why there is none. No text in here holds a URL or a header. */
export type HttpOutcome =
	| {readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly bytes: Uint8Array}
	| {readonly kind: 'failed'; readonly problem: string};

export interface HttpOptions {
	readonly fetch: typeof globalThis.fetch;
	/** For one attempt, body included. */
	readonly timeoutMs: number;
	/** Further attempts after the first. */
	readonly retries: number;
	readonly wait: (ms: number) => Promise<void>;
	readonly signal?: AbortSignal;
}

export type SendRequest = (request: HttpRequest) => Promise<HttpOutcome>;

type Attempt = HttpOutcome | {readonly kind: 'failed'; readonly problem: string; readonly transient: boolean};

const firstWaitMs = 250;
const maxWaitMs = 10_000;
const maxRedirects = 5;

/**
 * Sends requests over `fetch` and repeats them after 429, 5xx and lost connections, doubling the wait, or as long as
 * Retry-After asks for. A server that asks for more than ten seconds gets no second request. Redirects are followed, but
 * the Authorization header stays with the host it was made for.
 */
export function createSend(options: HttpOptions): SendRequest {
	return async request => {
		for (let attempt = 0; ; attempt++) {
			const outcome = await follow(options, request);
			const pause = pauseAfter(outcome, attempt);
			if (pause === undefined || attempt >= options.retries || options.signal?.aborted) {
				return outcome;
			}

			await options.wait(pause);
		}
	};
}

function pauseAfter(outcome: Attempt, attempt: number): number | undefined {
	const backOff = Math.min(firstWaitMs * 2 ** attempt, maxWaitMs);
	if (outcome.kind === 'failed') {
		return 'transient' in outcome && outcome.transient ? backOff : undefined;
	}

	if (outcome.status !== 429 && outcome.status < 500) {
		return undefined;
	}

	const asked = retryAfterMs(outcome.headers);
	const pause = Math.max(backOff, asked);
	return pause > maxWaitMs ? undefined : pause;
}

function retryAfterMs(headers: Headers): number {
	const value = headers.get('retry-after') ?? '';
	if (/^\d+$/.test(value)) {
		return Number(value) * 1000;
	}

	const date = Date.parse(value);
	return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

async function follow(options: HttpOptions, request: HttpRequest): Promise<Attempt> {
	let current = request;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		const outcome = await attemptOnce(options, current);
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

async function attemptOnce(options: HttpOptions, request: HttpRequest): Promise<Attempt> {
	const timeout = AbortSignal.timeout(options.timeoutMs);
	const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
	try {
		const response = await options.fetch(request.url, {
			method: request.method,
			headers: {'user-agent': 'cachecast', 'accept-encoding': 'identity', ...request.headers},
			redirect: 'manual',
			signal,
			...(request.body === undefined ? {} : {body: request.body}),
		});
		const bytes = await readBody(response, request.maxBytes);
		return bytes === undefined
			? {kind: 'failed', problem: `its answer is longer than ${request.maxBytes} bytes`}
			: {kind: 'answer', status: response.status, headers: response.headers, bytes};
	} catch (error) {
		if (options.signal?.aborted) {
			return {kind: 'failed', problem: 'the request was cancelled'};
		}

		return timeout.aborted
			? {kind: 'failed', problem: `it did not answer within ${options.timeoutMs / 1000} s`}
			: describe(error);
	}
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
	if (response.body === null) {
		return new Uint8Array();
	}

	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body) {
		size += chunk.byteLength;
		if (size > maxBytes) {
			return undefined;
		}

		chunks.push(chunk);
	}

	return Buffer.concat(chunks);
}

/** Uses only the error's code: its message may quote the URL. */
function describe(error: unknown): Attempt {
	const code = errorCode(error);
	const transient = {kind: 'failed', transient: true} as const;
	switch (code) {
		case 'ENOTFOUND':
			return {kind: 'failed', problem: 'its name cannot be resolved; check the spelling and the network'};
		case 'EAI_AGAIN':
			return {...transient, problem: 'its name cannot be resolved now; check the network'};
		case 'ECONNREFUSED':
			return {kind: 'failed', problem: 'it refuses the connection; is it running?'};
		case 'ECONNRESET':
		case 'EPIPE':
		case 'UND_ERR_SOCKET':
			return {...transient, problem: 'it closed the connection; try again'};
		case 'ETIMEDOUT':
		case 'UND_ERR_CONNECT_TIMEOUT':
			return {...transient, problem: 'it cannot be connected to in time; check the network'};
		case 'EPROTO':
		case 'ERR_SSL_WRONG_VERSION_NUMBER':
			return {kind: 'failed', problem: 'it does not speak HTTPS; is the port right?'};
		default:
			return /CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)
				? {kind: 'failed', problem: `its certificate is not trusted (${code}); set NODE_EXTRA_CA_CERTS to its CA`}
				: {kind: 'failed', problem: `the request failed (${code})`};
	}
}

function errorCode(error: unknown): string {
	for (let current = asObject(error); current !== undefined; current = asObject(member(current, 'cause'))) {
		const code = asString(member(current, 'code'));
		if (code !== undefined && /^[A-Z][A-Z0-9_]*$/.test(code)) {
			return code;
		}
	}

	return 'unknown error';
}
