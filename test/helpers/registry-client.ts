import {type ImageReference, parseReference} from '../../analyzer/index.ts';
import {anonymous, type Credentials} from '../../planner/images/credentials.ts';
import type {Login} from '../../planner/images/docker-config.ts';
import {createRegistryClient, type RegistryClient} from '../../planner/images/registry-client.ts';
import {type Handler, startServer, type TestServer} from './http-server.ts';

/** Credentials that always give one login. */
export function loggedIn(login: Login): Credentials {
	return {find: async () => ({kind: 'login', login})};
}

/** `org/app:v1` on a registry, or another name there. */
export function reference(host: string, rest = 'org/app:v1'): ImageReference {
	const result = parseReference(`${host}/${rest}`);
	if (result.kind === 'invalid') {
		throw new Error(result.message);
	}

	return result.reference;
}

/** A client that does not really wait, and the waits it asked for. */
export function impatientClient(credentials: Credentials = anonymous): {client: RegistryClient; waits: number[]} {
	const waits: number[] = [];
	const client = createRegistryClient({
		credentials,
		timeoutMs: 5000,
		wait: async ms => {
			waits.push(ms);
		},
	});
	return {client, waits};
}

/** Runs a server for as long as `use` takes. */
export async function withServer<T>(handle: Handler, use: (server: TestServer) => Promise<T>): Promise<T> {
	const server = await startServer(handle);
	try {
		return await use(server);
	} finally {
		await server.stop();
	}
}
