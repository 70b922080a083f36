import {isIP} from 'node:net';

/** What is wrong with a port of EXPOSE, `[ip:][host:]port[-port][/proto]`; nothing when it is right (BuildKit convert_expose.go parsePort). */
export function portProblem(text: string): string | undefined {
	const {ip, host, container} = splitParts(text);
	const {port, protocol} = splitProtocol(container);
	if (port === '' || !isProtocol(protocol)) {
		return port === '' ? `"${text}" has no port` : `"${protocol}" is no protocol: it is tcp, udp or sctp`;
	}

	if (ip !== '' && isIP(ip.replace(/^\[(.*)\]$/, '$1')) === 0) {
		return `"${ip}" is no IP address`;
	}

	const range = parseRange(port);
	const hostRange = host === '' ? undefined : parseRange(host);
	if (range === undefined || (host !== '' && hostRange === undefined)) {
		return `"${range === undefined ? port : host}" is no port: it is a number up to 65535, or two as FROM-TO`;
	}

	const [start, end] = range;
	const differs = hostRange !== undefined && hostRange[1] - hostRange[0] !== end - start;
	return differs && end !== start ? `the ranges "${port}" and "${host}" differ in length` : undefined;
}

/** The parts of a port that has a number and a known protocol, as they are written; undefined for another. */
export function splitPort(
	text: string,
): {readonly ip: string; readonly host: string; readonly container: string; readonly protocol: string} | undefined {
	const parts = splitParts(text);
	const {port, protocol} = splitProtocol(parts.container);
	return port === '' || !isProtocol(protocol) ? undefined : {...parts, protocol};
}

function splitProtocol(container: string): {readonly port: string; readonly protocol: string} {
	const slash = container.indexOf('/');
	return slash === -1
		? {port: container, protocol: ''}
		: {port: container.slice(0, slash), protocol: container.slice(slash + 1)};
}

function isProtocol(text: string): boolean {
	return ['', 'tcp', 'udp', 'sctp'].includes(text.toLowerCase());
}

// What stands behind the last colon is the port, before it the host's, before that an address.
function splitParts(text: string): {readonly ip: string; readonly host: string; readonly container: string} {
	const parts = text.split(':');
	const container = parts.pop() ?? '';
	const host = parts.pop() ?? '';
	return {ip: parts.join(':'), host, container};
}

function parseRange(text: string): readonly [start: number, end: number] | undefined {
	const at = text.indexOf('-');
	const first = at === -1 ? text : text.slice(0, at);
	const last = at === -1 ? first : text.slice(at + 1);
	const start = parsePort(first);
	const end = parsePort(last);
	return start === undefined || end === undefined || end < start ? undefined : [start, end];
}

function parsePort(text: string): number | undefined {
	const port = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
	return port <= 65_535 ? port : undefined;
}
