import {Agent as HttpAgent, IncomingMessage} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {member} from '../json-value.ts';
import type {DockerConnection} from './docker-context.ts';
import type {OnAsk} from './shown-command.ts';

/** The few calls of the Engine API that we make. A call that fails rejects with the engine's words. */
export interface DockerClient {
	version(): Promise<unknown>;
	/** What the engine tells about itself; undefined when it does not. */
	info(): Promise<unknown>;
	/** What the engine tells of a local image; undefined when there is none of that name. */
	inspectImage(reference: string): Promise<unknown>;
	/** The messages of a build; `signal` ends it at any time, by closing the connection. */
	build(query: Readonly<Record<string, unknown>>, context: Readable, signal: AbortSignal): Promise<MessageStream>;
	/** The messages of a push. */
	push(name: string, tag: string, login: ApiLogin, signal: AbortSignal): Promise<MessageStream>;
	close(): void;
}

/** Lines of JSON. */
export type MessageStream = AsyncIterable<Uint8Array>;

/** What X-Registry-Auth holds: empty for no login (moby api/types/registry/authconfig.go). */
export interface ApiLogin {
	readonly username?: string;
	readonly password?: string;
	readonly identitytoken?: string;
	readonly registrytoken?: string;
	readonly serveraddress?: string;
}

/** An address the API can be spoken at; not over ssh, for docker-modem would not check the host's key. */
export type ApiConnection = Exclude<DockerConnection, {readonly kind: 'ssh'}>;

/** How long an engine may take to say its version. */
const patienceMs = 10_000;

/**
 * Opens the Engine API with dockerode, loaded only now: that takes 200 ms. Its own build is not used: the session it
 * opens would hand one login to every registry that asks, and keeps the process alive after an abort.
 */
export async function openDocker(connection: ApiConnection, onAsk: OnAsk = () => {}): Promise<DockerClient> {
	const {default: Docker} = await import('dockerode');
	const agent = agentFor(connection);
	const options = {...addressOf(connection), agent};
	const docker = withoutHost(() => new Docker(options));
	return {
		version() {
			onAsk('engine GET /version');
			return within(patienceMs, docker.version());
		},
		info() {
			onAsk('engine GET /info');
			return within(patienceMs, docker.info()).catch(() => undefined);
		},
		inspectImage(reference) {
			onAsk(`engine GET /images/${reference}/json`);
			return docker
				.getImage(reference)
				.inspect()
				.catch((error: unknown) => {
					if (isNotFound(error)) {
						return undefined;
					}
					throw error;
				});
		},
		build: (query, context, abortSignal) =>
			new Promise((resolve, reject) => {
				onAsk('engine POST /build');
				// A copy: the modem takes members out of what it is given.
				const call = {path: '/build?', method: 'POST', options: {...query}, file: context, abortSignal};
				const statusCodes = {200: true, 400: 'bad parameter', 500: 'server error'};
				docker.modem.dial({...call, isStream: true, statusCodes}, (error, data) => {
					if (data instanceof IncomingMessage) {
						resolve(data);
					} else {
						reject(error ?? new Error('the engine gave no answer'));
					}
				});
			}),
		async push(name, tag, login, signal) {
			onAsk(`engine POST /images/${name}/push`);
			return bytesOf(await docker.getImage(name).push({tag, authconfig: login, abortSignal: signal}));
		},
		close: () => agent.destroy(),
	};
}

/**
 * Hides DOCKER_HOST for a moment: where it is set, docker-modem reads the files of DOCKER_CERT_PATH too, whether they are
 * used or not, and throws when one is missing.
 */
function withoutHost<Made>(make: () => Made): Made {
	const host = process.env['DOCKER_HOST'];
	delete process.env['DOCKER_HOST'];
	try {
		return make();
	} finally {
		if (host !== undefined) {
			process.env['DOCKER_HOST'] = host;
		}
	}
}

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array, void, undefined> {
	for await (const chunk of stream) {
		yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
	}
}

function isNotFound(error: unknown): boolean {
	return member(error, 'statusCode') === 404;
}

async function within<Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer> {
	const timeout = new AbortController();
	const late = sleep(milliseconds, undefined, {signal: timeout.signal}).then(() => {
		throw new Error(`no answer in ${milliseconds / 1000} seconds`);
	});
	try {
		return await Promise.race([answer, late]);
	} finally {
		timeout.abort();
		late.catch(() => {});
	}
}

/** An agent of our own: no connection outlives its answer, and `close` ends what is left. */
function agentFor(connection: ApiConnection): HttpAgent {
	if (connection.kind === 'socket' || connection.tls === undefined) {
		return new HttpAgent();
	}
	const {verify, ...files} = connection.tls;
	return new HttpsAgent({...files, rejectUnauthorized: verify});
}

/** docker-modem lays these over an address of its own: what is not to be used has to be undefined. */
function addressOf(connection: ApiConnection): {
	readonly socketPath: string | undefined;
	readonly host: string | undefined;
	readonly port: number | undefined;
	readonly protocol: 'http' | 'https';
} {
	switch (connection.kind) {
		case 'socket': {
			return {socketPath: connection.path, host: undefined, port: undefined, protocol: 'http'};
		}
		case 'tcp': {
			const {host, port, tls} = connection;
			return {socketPath: undefined, host, port, protocol: tls === undefined ? 'http' : 'https'};
		}
	}
}
