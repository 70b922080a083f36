import {request} from 'node:http';
import type {TestEngine} from './test-engine.ts';

/** One call of the Docker Engine API through the engine's socket: no process is started for it. Throws on an error; what is not there is none. */
export function callEngine(engine: TestEngine, method: 'GET' | 'POST' | 'DELETE', path: string): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const socketPath = (engine.env['DOCKER_HOST'] ?? '').replace('unix://', '');
		const call = request({socketPath, method, path, headers: {host: 'docker'}}, async response => {
			try {
				const text = (await response.toArray()).join('');
				const {statusCode = 0} = response;
				if (statusCode >= 400 && statusCode !== 404) {
					throw new Error(`${method} ${path}: ${statusCode} ${text}`);
				}

				resolve(JSON.parse(text || 'null'));
			} catch (error) {
				reject(error);
			}
		});
		call.on('error', reject).end();
	});
}
