import type {Dispatcher} from 'undici';
import {ProxyError} from './http-failure.ts';
import type {Fetch} from './http-request.ts';
import {proxyFor} from './proxy.ts';
import type {TlsMaterial, TlsOf} from './registry-tls.ts';

export interface FetchOptions {
	/** With the variables that name proxies. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly tlsOf: TlsOf;
}

type Dispatchers = (proxy: URL | undefined, tls: TlsMaterial | undefined) => Dispatcher;

/**
 * A fetch that goes through proxies and trusts further certificate authorities. Where neither is asked for it is Node's
 * own; undici is loaded only when used. The only importer of undici.
 */
export function createFetch({env, tlsOf}: FetchOptions): Fetch {
	const dispatchers = new Map<string, Dispatcher>();
	return async (url, init) => {
		const choice = proxyFor(url, env);
		if (choice.kind === 'unusable') {
			throw new ProxyError(choice.variable);
		}

		const proxy = choice.kind === 'proxy' ? choice.url : undefined;
		const tls = url.protocol === 'https:' ? await tlsOf(url.host) : undefined;
		if (proxy === undefined && tls === undefined) {
			return globalThis.fetch(url, init);
		}

		const undici = await import('undici');
		const create: Dispatchers = (through, material) =>
			through === undefined
				? new undici.Agent({connect: tlsOptions(material)})
				: new undici.ProxyAgent({
						uri: through.href,
						// An http request is handed to the proxy as it is, as Go does it.
						proxyTunnel: false,
						requestTls: tlsOptions(material),
						proxyTls: tlsOptions(material),
					});
		const key = `${proxy?.href ?? ''} ${url.host}`;
		const dispatcher = dispatchers.get(key) ?? create(proxy, tls);
		dispatchers.set(key, dispatcher);
		try {
			return await undici.fetch(url, {...init, dispatcher});
		} catch (error) {
			throw choice.kind === 'proxy' ? new ProxyError(choice.variable, error) : error;
		}
	};
}

function tlsOptions(material: TlsMaterial | undefined): {ca?: string[]; cert?: string; key?: string} {
	return material === undefined
		? {}
		: {
				ca: [...material.ca],
				...(material.cert !== undefined && {cert: material.cert}),
				...(material.key !== undefined && {key: material.key}),
			};
}
