import {request} from 'node:http';
import {parseJson} from '../json-value.ts';

export type SocketAnswer =
	| {readonly kind: 'answer'; readonly value: unknown}
	/** What was asked for is not there. */
	| {readonly kind: 'missing'}
	/** No answer that can be used. */
	| {readonly kind: 'failed'};

/**
 * Asks the Engine API one thing through its socket. A tenth of a second faster than a `docker` process, and dockerode is
 * loaded only where it drives builds.
 */
export function askSocket(socketPath: string, path: string, signal: AbortSignal): Promise<SocketAnswer> {
	return new Promise(resolve => {
		const call = request({socketPath, path, signal, headers: {host: 'docker'}}, async response => {
			try {
				const text = (await response.setEncoding('utf8').toArray()).join('');
				const {statusCode} = response;
				const value = statusCode === 200 ? parseJson(text) : undefined;
				resolve(
					statusCode === 404 ? {kind: 'missing'} : value === undefined ? {kind: 'failed'} : {kind: 'answer', value},
				);
			} catch {
				resolve({kind: 'failed'});
			}
		});
		call.on('error', () => resolve({kind: 'failed'})).end();
	});
}
