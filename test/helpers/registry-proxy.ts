import {
	type ClientRequest,
	request as httpRequest,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type ServerResponse,
} from 'node:http';
import {Readable, Transform} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {startServer} from './http-server.ts';

/** What a proxy does to some of the requests instead of handing them on as they are. */
export interface Fault {
	/** Which: method, path and query, as in `GET /v2/app/manifests/main`. */
	readonly on: RegExp;
	/** How many of them, before it is over; all of them when absent. */
	readonly times?: number;
	readonly act: FaultAct;
}

export type FaultAct =
	| {readonly kind: 'status'; readonly status: number; readonly headers?: OutgoingHttpHeaders}
	/** The connection ends after half of the answer. */
	| {readonly kind: 'cut-answer'}
	/** The connection ends when so many bytes of the request's body have been handed on. */
	| {readonly kind: 'cut-request'; readonly after: number}
	/** Nothing comes, and the connection stays. */
	| {readonly kind: 'silent'}
	/** The answer comes in pieces of so many bytes, with a pause between them. */
	| {readonly kind: 'trickle'; readonly bytes: number; readonly pauseMs: number};

/** A proxy in front of a registry that notes the blobs that are fetched through it, and can make trouble. */
export interface RegistryProxy {
	readonly host: string;
	/** Digests of the blobs that were fetched since the last call. */
	fetched(): ReadonlySet<string>;
	/** From now on this goes wrong; without a fault all is well again. */
	trouble(fault?: Fault): void;
	/** How many requests the present fault has met. */
	met(): number;
	stop(): Promise<void>;
}

/** Starts it on the loopback interface; the registry sees the proxy's own name, so that it leads back to it. */
export async function startRegistryProxy(registry: string, first?: Fault): Promise<RegistryProxy> {
	let fetched = new Set<string>();
	let fault = first;
	let met = 0;
	const server = await startServer((incoming, response) => {
		const line = `${incoming.method} ${incoming.url}`;
		const [, blob] = /^GET .*\/blobs\/(sha256:[0-9a-f]{64})$/.exec(line) ?? [];
		if (blob !== undefined) {
			fetched.add(blob);
		}

		const isMet = fault?.on.test(line) === true && met < (fault.times ?? Number.POSITIVE_INFINITY);
		met += isMet ? 1 : 0;
		hand(registry, incoming, response, isMet ? fault?.act : undefined);
	});
	return {
		host: server.host,
		fetched() {
			const before = fetched;
			fetched = new Set();
			return before;
		},
		trouble(next) {
			fault = next;
			met = 0;
		},
		met: () => met,
		stop: () => server.stop(),
	};
}

function hand(registry: string, incoming: IncomingMessage, response: ServerResponse, act: FaultAct | undefined): void {
	switch (act?.kind) {
		case 'status': {
			incoming.resume();
			response.writeHead(act.status, act.headers).end();
			return;
		}

		case 'silent': {
			incoming.resume();
			return;
		}

		case 'cut-request': {
			const outgoing = toRegistry(registry, incoming);
			const cut = (): void => {
				outgoing.destroy();
				incoming.socket.destroy();
			};
			// The registry may have had enough before.
			outgoing.on('error', cut).on('response', cut);
			incoming.pipe(ending(act.after, cut)).pipe(outgoing);
			incoming.on('end', cut);
			return;
		}

		default:
			pass(registry, incoming, response, act);
	}
}

function pass(
	registry: string,
	incoming: IncomingMessage,
	response: ServerResponse,
	act: Extract<FaultAct, {readonly kind: 'cut-answer' | 'trickle'}> | undefined,
): void {
	const outgoing = toRegistry(registry, incoming).on('response', (answer: IncomingMessage) => {
		response.writeHead(answer.statusCode ?? 502, answer.headers);
		switch (act?.kind) {
			case 'cut-answer': {
				const half = Math.floor(Number(answer.headers['content-length'] ?? 2) / 2);
				answer.pipe(ending(half, () => incoming.socket.destroy())).pipe(response);
				return;
			}

			case 'trickle': {
				Readable.from(slowly(answer, act.bytes, act.pauseMs))
					.on('error', () => response.destroy())
					.pipe(response);
				return;
			}

			default:
				answer.pipe(response);
		}
	});
	outgoing.on('error', () => response.destroy());
	incoming.pipe(outgoing);
}

function toRegistry(registry: string, {method, url, headers}: IncomingMessage): ClientRequest {
	const [hostname, port] = registry.split(':');
	return httpRequest({hostname, port, method, path: url, headers});
}

/** Lets so many bytes through. */
function ending(bytes: number, end: () => void): Transform {
	let left = bytes;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			const part = chunk.subarray(0, left);
			left -= part.byteLength;
			done(undefined, part);
			if (left === 0) {
				// What was let through is sent first.
				setTimeout(end, 20);
			}
		},
	});
}

async function* slowly(stream: AsyncIterable<Buffer>, bytes: number, pauseMs: number): AsyncGenerator<Buffer> {
	for await (const chunk of stream) {
		for (let start = 0; start < chunk.byteLength; start += bytes) {
			await sleep(pauseMs);
			yield chunk.subarray(start, start + bytes);
		}
	}
}
