import {asObject, asString, member} from '../json-value.ts';

/** A request without an answer. `transient`: the same request may have one later. */
export interface Failure {
	readonly kind: 'failed';
	/** A few words, without URL or header. */
	readonly problem: string;
	readonly transient?: boolean;
}

/** The proxy named by an environment variable could not be used; without a cause: because it is none we know how to use. */
export class ProxyError extends Error {
	readonly variable: string;

	constructor(variable: string, cause?: unknown) {
		super('the proxy failed', {cause});
		this.variable = variable;
	}
}

/** A host did not begin to answer in this time. */
export class SilentHostError extends Error {
	readonly waitedMs: number;

	constructor(waitedMs: number) {
		super('the host does not answer');
		this.waitedMs = waitedMs;
	}
}

/** What an error of fetch means, by its code alone: its message may quote the URL. */
export function describeFailure(error: unknown): Failure {
	if (error instanceof ProxyError) {
		return describeProxy(error);
	}

	if (error instanceof SilentHostError) {
		return {kind: 'failed', problem: `it did not answer within ${error.waitedMs / 1000} s`};
	}

	if (asString(member(member(error, 'cause'), 'message')) === 'bad port') {
		return {
			kind: 'failed',
			problem: 'Node does not connect to this port, which belongs to another service; use another one',
		};
	}

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
				? {kind: 'failed', problem: `its certificate is not trusted (${code}); name its CA with --registry-ca`}
				: {kind: 'failed', problem: `the request failed (${code})`};
	}
}

function describeProxy({variable, cause}: ProxyError): Failure {
	if (cause === undefined) {
		return {kind: 'failed', problem: `${variable} names a proxy that cannot be used; write http://<host>:<port>`};
	}

	// undici's codes for a proxy that answers otherwise than 200, as 407.
	const isRefused = ['UND_ERR_ABORTED', 'UND_ERR_INVALID_ARG'].includes(errorCode(cause));
	const failure = describeFailure(cause);
	return isRefused
		? {kind: 'failed', problem: `the proxy of ${variable} does not let it be reached; check the proxy and its login`}
		: {...failure, problem: `${failure.problem} (asked through the proxy of ${variable})`};
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
