import net from 'node:net';

/** A way to a server that counts what passes. */
export interface ByteCounter {
	/** `127.0.0.1:PORT`. */
	readonly address: string;
	/** Bytes passed in either direction since the last call. */
	take(): number;
	close(): Promise<void>;
}

/** Listens on loopback and passes everything on to `target`, `host:port`. */
export async function countBytes(target: string): Promise<ByteCounter> {
	const [host = '', port = ''] = target.split(':');
	let bytes = 0;
	const open = new Set<net.Socket>();
	const server = net.createServer(client => {
		const upstream = net.connect(Number(port), host);
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			open.add(socket);
			socket.on('data', data => {
				bytes += data.length;
			});
			socket.on('error', () => other.destroy());
			socket.on('close', () => open.delete(socket));
			socket.pipe(other);
		}
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return {
		address: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
		take() {
			const taken = bytes;
			bytes = 0;
			return taken;
		},
		async close() {
			for (const socket of open) {
				socket.destroy();
			}

			await new Promise<void>(resolve => {
				server.close(() => resolve());
			});
		},
	};
}
