import {setTimeout} from 'node:timers/promises';
import type {HttpOptions} from './http-request.ts';

/** How registries are spoken to, with what is usual where nothing else is asked for. */
export function registryHttp({fetch, timeoutMs, retries, wait, signal}: Partial<HttpOptions>): HttpOptions {
	return {
		fetch: fetch ?? globalThis.fetch,
		timeoutMs: timeoutMs ?? 20_000,
		retries: retries ?? 3,
		wait: wait ?? (ms => setTimeout(ms)),
		...(signal !== undefined && {signal}),
	};
}
