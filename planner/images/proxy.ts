import {BlockList, isIP} from 'node:net';
import {isLoopback} from './registry-address.ts';

/** The proxy a request goes through; `unusable`: the variable names one that cannot be used. */
export type ProxyChoice =
	| {readonly kind: 'direct'}
	/** `url` may hold a login: it belongs in no message. */
	| {readonly kind: 'proxy'; readonly url: URL; readonly variable: string}
	| {readonly kind: 'unusable'; readonly variable: string};

type Env = Readonly<Record<string, string | undefined>>;

const direct: ProxyChoice = {kind: 'direct'};

/**
 * Chooses the proxy as Docker's tools do, by HTTP_PROXY or HTTPS_PROXY, NO_PROXY, and the same in lower case; this machine
 * itself is never asked through one. Source: golang.org/x/net http/httpproxy/proxy.go.
 */
export function proxyFor(url: URL, env: Env): ProxyChoice {
	const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
	const variable = names.find(name => env[name]);
	const value = variable === undefined ? undefined : env[variable];
	// A web server sets HTTP_PROXY from a header of the request that it runs a program for.
	const isForged = url.protocol === 'http:' && Boolean(env['REQUEST_METHOD']);
	if (variable === undefined || value === undefined || isForged || isLoopback(url.host) || isExcepted(url, env)) {
		return direct;
	}

	const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
	if (!URL.canParse(text)) {
		return {kind: 'unusable', variable};
	}

	const proxy = new URL(text);
	return ['http:', 'https:'].includes(proxy.protocol)
		? {kind: 'proxy', url: proxy, variable}
		: {kind: 'unusable', variable};
}

function isExcepted({protocol, hostname, port}: URL, env: Env): boolean {
	const host = bare(hostname.toLowerCase().replace(/\.$/, ''));
	const actualPort = port || (protocol === 'https:' ? '443' : '80');
	const exceptions = env['NO_PROXY'] || env['no_proxy'] || '';
	return exceptions
		.toLowerCase()
		.split(',')
		.map(one => one.trim())
		.some(one => one !== '' && matches(one, host, actualPort));
}

function matches(exception: string, host: string, port: string): boolean {
	if (exception === '*') {
		return true;
	}

	if (exception.includes('/')) {
		return isInNetwork(exception, host);
	}

	const [, name = exception, wantedPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(exception) ?? [];
	if (wantedPort !== undefined && wantedPort !== port) {
		return false;
	}

	const wanted = bare(name);
	if (isIP(wanted) !== 0 || wanted === '') {
		return wanted !== '' && isSameAddress(wanted, host);
	}

	const suffix = wanted.replace(/^\*(?=\.)/, '');
	return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function isInNetwork(network: string, host: string): boolean {
	const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
	const family = isIP(address);
	if (family === 0 || family !== isIP(host) || Number(prefix) > (family === 4 ? 32 : 128)) {
		return false;
	}

	const list = new BlockList();
	list.addSubnet(address, Number(prefix), familyName(family));
	return list.check(host, familyName(family));
}

function isSameAddress(wanted: string, host: string): boolean {
	return isInNetwork(`${wanted}/${isIP(wanted) === 4 ? 32 : 128}`, host);
}

function familyName(family: number): 'ipv4' | 'ipv6' {
	return family === 4 ? 'ipv4' : 'ipv6';
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
	return host.replace(/^\[(.*)\]$/, '$1');
}
