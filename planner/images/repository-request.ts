import type {Absence} from './absence.ts';
import type {Credentials} from './credentials.ts';
import type {HttpHeaders, HttpRequest, SendRequest} from './http-request.ts';
import {
	type RegistryReference,
	type RegistryRoutes,
	type RepositoryAddress,
	repositoryAddresses,
} from './registry-address.ts';
import {type Access, type Authorization, authorize, needsLogin} from './registry-auth.ts';

/** A request to a repository; `path` is what follows `/v2/<name>/`. */
export interface RepositoryWish extends Pick<HttpRequest, 'headers' | 'maxBytes' | 'body'> {
	readonly method: HttpRequest['method'];
	readonly path: string;
	/** Where the registry told to go on, instead of `path`; relative to it or a whole URL of the same host. */
	readonly location?: string;
	/** The status of a good answer; 200 when absent. */
	readonly expects?: number;
	/** The registry itself is asked, no mirror. */
	readonly isOwn?: true;
	/** What statuses mean for this request, where it is not what they mean for others: a sentence. */
	readonly refusals?: Readonly<Record<number, string>>;
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
 * Asks the addresses of a repository in turn, logged in where that is asked for: mirrors first, where whatever is not an
 * answer leads on to the next, then the registry itself. Tokens are kept, one per host and repository; `sendLogin`
 * carries the requests to the token service.
 */
export function createRepositoryRequest(
	sendLogin: SendRequest,
	credentials: Credentials,
	routes: RegistryRoutes,
): RepositoryRequest {
	const authorizations = new Map<string, Promise<Authorization>>();

	const ask = async <T extends Answer>(
		{base, query, reference}: RepositoryAddress,
		{method, path, location, headers, maxBytes, body, expects = 200, refusals = {}}: RepositoryWish,
		send: Sender<T>,
	): Promise<T | Absence | Failed> => {
		const access = isRead(method) ? 'pull' : 'push';
		// A token to read does not let one write.
		const key = `${access} ${reference.domain}/${reference.path}`;
		const own = new URL(`${base}${path}${query}`);
		const url = location === undefined ? own : new URL(location, own);
		if (url.origin !== own.origin) {
			return {kind: 'failed', problem: 'it wants content sent to another host'};
		}

		const attempt = (authorization?: string) =>
			send({
				url,
				method,
				headers: authorization === undefined ? headers : {...headers, authorization},
				maxBytes,
				...(body !== undefined && {body}),
			});

		const before = authorizations.get(key);
		const known = await before;
		let loggedIn = known?.kind === 'header' && known.loggedIn;
		let outcome = await attempt(known?.kind === 'header' ? known.value : undefined);
		if (outcome.kind === 'answer' && outcome.status === 401) {
			// Whoever comes first gets the token; others that were refused meanwhile wait for the same one.
			let next = authorizations.get(key);
			if (next === undefined || next === before) {
				next = authorize(sendLogin, credentials, reference, outcome.headers.get('www-authenticate') ?? '', access);
				authorizations.set(key, next);
			}

			const answer = await next;
			if (answer.kind === 'denied') {
				return {kind: 'failed', reason: answer.reason};
			}

			loggedIn = answer.loggedIn;
			outcome = await attempt(answer.value);
		}

		if (outcome.kind !== 'answer' || outcome.status === expects) {
			return outcome;
		}

		const reason = refusals[outcome.status];
		return reason === undefined ? refusal(reference, access, loggedIn, outcome.status) : {kind: 'failed', reason};
	};

	return async (reference, wish, send) => {
		const [mirrors, own] = repositoryAddresses(reference, routes);
		// Nothing is written to a mirror.
		for (const address of isRead(wish.method) && wish.isOwn !== true ? mirrors : []) {
			const outcome = await ask(address, wish, send);
			if (outcome.kind === 'answer') {
				return outcome;
			}
		}

		let problem = '';
		for (const address of own) {
			const outcome = await ask(address, wish, send);
			if (!('problem' in outcome)) {
				return outcome;
			}

			problem = outcome.problem;
		}

		return {kind: 'failed', reason: unusable(reference, problem)};
	};
}

function isRead(method: HttpRequest['method']): boolean {
	return method === 'GET' || method === 'HEAD';
}

/** One sentence on a registry that does not answer as it should. */
export function unusable({domain}: RegistryReference, problem: string): string {
	return `registry "${domain}" cannot be used: ${problem}`;
}

function refusal(reference: RegistryReference, access: Access, loggedIn: boolean, status: number): Absence {
	const {domain} = reference;
	switch (status) {
		case 404:
			return {kind: 'missing'};
		case 401:
		case 403:
			return {kind: 'failed', reason: needsLogin(reference, loggedIn, access)};
		case 429:
			return {kind: 'failed', reason: `registry "${domain}" allows no more requests now (429); wait, or log in`};
		default:
			return {kind: 'failed', reason: `registry "${domain}" answered ${status}; try again later`};
	}
}
