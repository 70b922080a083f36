import {writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import path from 'node:path';
import {createServer, type TLSSocket} from 'node:tls';
import {makeCertificate, type TestCertificate} from './certificate.ts';

/** An engine's socket behind TLS on the loopback interface, which asks for a certificate of the client. */
export interface TlsProxy {
	/** `127.0.0.1:<port>`. */
	readonly host: string;
	/** How many connections came through. */
	connections(): number;
	/** Writes ca.pem, cert.pem and key.pem of a client into a folder; what is undefined is not written. */
	writeClient(
		dir: string,
		files?: {readonly ca?: string | undefined; readonly own?: TestCertificate | undefined},
	): void;
	stop(): Promise<void>;
}

export function startTlsProxy(socketPath: string): Promise<TlsProxy> {
	const own = makeCertificate('localhost');
	const client = makeCertificate('client');
	const open = new Set<TLSSocket>();
	let connections = 0;
	const server = createServer(
		{key: own.key, cert: own.cert, ca: client.cert, requestCert: true, rejectUnauthorized: true},
		socket => {
			connections++;
			open.add(socket);
			const engine = connect(socketPath);
			// An end of one side is an end of the other; so is an error.
			socket.pipe(engine).pipe(socket);
			socket.on('error', () => engine.destroy()).on('close', () => open.delete(socket));
			engine.on('error', () => socket.destroy());
		},
	);
	return new Promise(resolve => {
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' ? address?.port : undefined;
			resolve({
				host: `127.0.0.1:${port}`,
				connections: () => connections,
				writeClient(dir, {ca = own.cert, own: certificate} = {own: client}) {
					writeFileSync(path.join(dir, 'ca.pem'), ca);
					if (certificate !== undefined) {
						writeFileSync(path.join(dir, 'cert.pem'), certificate.cert);
						writeFileSync(path.join(dir, 'key.pem'), certificate.key);
					}
				},
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
