import {request} from 'node:http';
import {createServer, type Socket} from 'node:net';
import type {TestEngine} from './test-engine.ts';

/** The BuildKit inside a Docker Engine, as a daemon of its own that a builder of driver `remote` can use. */
export interface BuildkitBridge {
	/** `tcp://127.0.0.1:<port>`. */
	readonly address: string;
	connections(): number;
	stop(): Promise<void>;
}

/** Hands every connection on to the engine's `POST /grpc`, which becomes BuildKit's own protocol (moby daemon/server/router/grpc). */
export function startBuildkitBridge({env}: TestEngine): Promise<BuildkitBridge> {
	const socketPath = (env['DOCKER_HOST'] ?? '').replace('unix://', '');
	const open = new Set<Socket>();
	let connections = 0;
	const server = createServer(client => {
		connections++;
		open.add(client);
		client.on('close', () => open.delete(client)).on('error', () => client.destroy());
		const headers = {host: 'docker', connection: 'Upgrade', upgrade: 'h2c'};
		request({socketPath, method: 'POST', path: '/grpc', headers})
			.on('upgrade', (_, engine, head) => {
				client.write(head);
				client.pipe(engine).pipe(client);
				engine.on('error', () => client.destroy());
			})
			.on('error', () => client.destroy())
			.end();
	});
	return new Promise(resolve => {
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' ? address?.port : undefined;
			resolve({
				address: `tcp://127.0.0.1:${port}`,
				connections: () => connections,
				stop: () =>
					new Promise(done => {
						server.close(() => done());
						for (const socket of open) {
							socket.destroy();
						}
					}),
			});
		});
	});
}
