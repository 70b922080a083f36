import {request as httpRequest} from 'node:http';
import {startServer} from './http-server.ts';

/** A proxy in front of a registry that notes the blobs that are fetched through it. */
export interface RegistryProxy {
	readonly host: string;
	/** Digests of the blobs that were fetched since the last call. */
	fetched(): ReadonlySet<string>;
	stop(): Promise<void>;
}

/** Starts it on the loopback interface; the registry sees the proxy's own name, so that it leads back to it. */
export async function startRegistryProxy(registry: string): Promise<RegistryProxy> {
	const [hostname, port] = registry.split(':');
	let fetched = new Set<string>();
	const server = await startServer((incoming, response) => {
		const [, blob] = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(incoming.url ?? '') ?? [];
		if (blob !== undefined && incoming.method === 'GET') {
			fetched.add(blob);
		}

		const {method, url, headers} = incoming;
		const outgoing = httpRequest({hostname, port, method, path: url, headers}, answer => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		outgoing.on('error', () => response.destroy());
		incoming.pipe(outgoing);
	});
	return {
		host: server.host,
		fetched() {
			const before = fetched;
			fetched = new Set();
			return before;
		},
		stop: () => server.stop(),
	};
}
