import type {Absence} from './absence.ts';
import type {Credentials} from './credentials.ts';
import type {HttpHeaders, HttpRequest, SendRequest} from './http-request.ts';
import {type RegistryReference, registryOrigins} from './registry-address.ts';
import {type Authorization, authorize, needsLogin} from './registry-auth.ts';

/** A request to a repository; `path` is what follows `/v2/<name>/`. */
export interface RepositoryWish extends Pick<HttpRequest, 'headers' | 'maxBytes'> {
	readonly method: 'GET' | 'HEAD';
	readonly path: string;
}

interface Failed {
	readonly kind: 'failed';
	readonly problem: string;
}

type Sender<T> = (request: HttpRequest) => Promise<T | Failed>;

interface Answer {
	readonly kind: 'answer';
	readonly status: number;
	readonly headers: HttpHeaders;
}

export type RepositoryRequest = <T extends Answer>(
	reference: RegistryReference,
	wish: RepositoryWish,
	send: Sender<T>,
) => Promise<T | Absence>;

/**
 * Asks the addresses of a repository's registry in turn, logged in where it is asked for. Tokens are kept, one per
 * repository; `sendLogin` carries the requests to the token service.
 */
export function createRepositoryRequest(sendLogin: SendRequest, credentials: Credentials): RepositoryRequest {
	const authorizations = new Map<string, Promise<Authorization>>();

	return async (reference, {method, path, headers, maxBytes}, send) => {
		const {domain} = reference;
		const key = `${domain}/${reference.path}`;
		let problem = '';
		for (const origin of registryOrigins(reference)) {
			const url = new URL(`${origin}/v2/${reference.path}/${path}`);
			const attempt = (authorization?: string) =>
				send({
					url,
					method,
					headers: authorization === undefined ? headers : {...headers, authorization},
					maxBytes,
				});

			const before = authorizations.get(key);
			const known = await before;
			let loggedIn = known?.kind === 'header' && known.loggedIn;
			let outcome = await attempt(known?.kind === 'header' ? known.value : undefined);
			if (outcome.kind === 'answer' && outcome.status === 401) {
				// Whoever comes first gets the token; others that were refused meanwhile wait for the same one.
				let next = authorizations.get(key);
				if (next === undefined || next === before) {
					next = authorize(sendLogin, credentials, reference, outcome.headers.get('www-authenticate') ?? '');
					authorizations.set(key, next);
				}

				const answer = await next;
				if (answer.kind === 'denied') {
					return {kind: 'failed', reason: answer.reason};
				}

				loggedIn = answer.loggedIn;
				outcome = await attempt(answer.value);
			}

			if (outcome.kind === 'answer') {
				return outcome.status === 200 ? outcome : refusal(reference, loggedIn, outcome.status);
			}

			problem = outcome.problem;
		}

		return {kind: 'failed', reason: unusable(reference, problem)};
	};
}

/** One sentence on a registry that does not answer as it should. */
export function unusable({domain}: RegistryReference, problem: string): string {
	return `registry "${domain}" cannot be used: ${problem}`;
}

function refusal(reference: RegistryReference, loggedIn: boolean, status: number): Absence {
	const {domain} = reference;
	switch (status) {
		case 404:
			return {kind: 'missing'};
		case 401:
		case 403:
			return {kind: 'failed', reason: needsLogin(reference, loggedIn)};
		case 429:
			return {kind: 'failed', reason: `registry "${domain}" allows no more requests now (429); wait, or log in`};
		default:
			return {kind: 'failed', reason: `registry "${domain}" answered ${status}; try again later`};
	}
}
