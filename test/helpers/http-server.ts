import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';

/** A server of a test's own on the loopback interface; `host` is `127.0.0.1:<port>`. */
export interface TestServer {
	readonly host: string;
	/** Every request that came in, in order. */
	readonly requests: readonly IncomingMessage[];
	stop(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Starts a server; a handler that throws answers 500. */
export function startServer(handle: Handler): Promise<TestServer> {
	const requests: IncomingMessage[] = [];
	const server = createServer(async (request, response) => {
		requests.push(request);
		try {
			await handle(request, response);
		} catch (error) {
			response.writeHead(500).end(String(error));
		}
	});
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' ? address?.port : undefined;
			resolve({
				host: `127.0.0.1:${port}`,
				requests,
				stop: () =>
					new Promise(done => {
						server.close(() => done());
						server.closeAllConnections();
					}),
			});
		});
	});
}

/** Hands a GET or HEAD on to another server and its answer back; the Authorization header stays behind. */
export async function forward(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const answer = await fetch(`http://${host}${request.url ?? ''}`, {
		method: request.method ?? 'GET',
		headers: {accept: request.headers.accept ?? '*/*'},
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	const headers: Record<string, string> = {};
	for (const name of ['content-type', 'content-length', 'docker-content-digest']) {
		const value = answer.headers.get(name);
		if (value !== null) {
			headers[name] = value;
		}
	}

	response.writeHead(answer.status, headers).end(bytes);
}
