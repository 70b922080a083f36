import {asObject, asString, member, parseJson} from '../json-value.ts';
import {type Challenge, parseChallenges} from './challenge.ts';
import type {Credentials} from './credentials.ts';
import type {Login} from './docker-config.ts';
import type {HttpOutcome, SendRequest} from './http-request.ts';
import {isLoopback, type RegistryReference} from './registry-address.ts';

/** A value for the Authorization header, or one sentence on why there is none. */
export type Authorization =
	| {readonly kind: 'header'; readonly value: string; readonly loggedIn: boolean}
	| {readonly kind: 'denied'; readonly reason: string};

/** What is wanted of a repository: `push` is to read and to write. */
export type Access = 'pull' | 'push';

const maxTokenBytes = 1 << 20;

/**
 * Answers the 401 of a registry: Bearer with a token from the service it names (anonymous without a login), or Basic.
 * Source: distribution docs/spec/auth/{token,oauth}.md, containerd core/remotes/docker/auth/fetch.go.
 */
export async function authorize(
	send: SendRequest,
	credentials: Credentials,
	reference: RegistryReference,
	wwwAuthenticate: string,
	access: Access = 'pull',
): Promise<Authorization> {
	const answer = await credentials.find(reference.domain);
	const login = answer.kind === 'login' ? answer.login : undefined;
	const denied = (why: string): Authorization => ({
		kind: 'denied',
		reason: answer.kind === 'failed' ? `${why} (saved logins could not be used: ${answer.reason})` : why,
	});
	const challenges = parseChallenges(wwwAuthenticate);
	const bearer = challenges.find(({scheme}) => scheme === 'bearer');
	if (bearer !== undefined) {
		if (login?.kind === 'registry-token') {
			return {kind: 'header', value: `Bearer ${login.token}`, loggedIn: true};
		}

		const token = await fetchToken(send, reference, bearer, login, access);
		return token.kind === 'denied' ? denied(token.reason) : token;
	}

	if (challenges.some(({scheme}) => scheme === 'basic')) {
		return login?.kind === 'password'
			? {kind: 'header', value: basic(login.username, login.password), loggedIn: true}
			: denied(needsLogin(reference, false, access));
	}

	return denied(`registry "${reference.domain}" asks for a kind of login cachecast does not know`);
}

/** What to say when a registry wants a login for a repository, and there is none, or none that it accepts. */
export function needsLogin({domain, path}: RegistryReference, loggedIn = false, access: Access = 'pull'): string {
	const login = domain === 'docker.io' ? 'docker login' : `docker login ${domain}`;
	const [verb, participle] = access === 'push' ? ['write', 'written'] : ['read', 'read'];
	return loggedIn
		? `registry "${domain}" does not let the saved login ${verb} "${path}"; check the name, or run "${login}" again`
		: `registry "${domain}" does not let "${path}" be ${participle} without a login; check the name, or run "${login}"`;
}

async function fetchToken(
	send: SendRequest,
	reference: RegistryReference,
	{parameters}: Challenge,
	login: Login | undefined,
	access: Access,
): Promise<Authorization> {
	const {domain} = reference;
	const realm = parameters.get('realm') ?? '';
	if (!URL.canParse(realm) || !isSafeRealm(new URL(realm), reference)) {
		return {
			kind: 'denied',
			reason: `registry "${domain}" names no safe address to get a token from; tell its operator`,
		};
	}

	const url = new URL(realm);
	const service = parameters.get('service');
	const scope = parameters.get('scope') ?? `repository:${reference.path}:${access === 'push' ? 'pull,push' : 'pull'}`;
	const outcome = await (login?.kind === 'identity-token'
		? postRefreshToken(send, url, service, scope, login.token)
		: getToken(send, url, service, scope, login));
	if (outcome.kind === 'failed') {
		return {kind: 'denied', reason: `the token service of registry "${domain}" cannot be used: ${outcome.problem}`};
	}

	if ([400, 401, 403].includes(outcome.status)) {
		return {kind: 'denied', reason: needsLogin(reference, login !== undefined, access)};
	}

	const json = asObject(parseJson(outcome.bytes));
	const token = asString(member(json, 'access_token')) || asString(member(json, 'token'));
	if (outcome.status !== 200 || !token) {
		return {
			kind: 'denied',
			reason: `the token service of registry "${domain}" answered ${outcome.status} without a token; try again later`,
		};
	}

	return {kind: 'header', value: `Bearer ${token}`, loggedIn: login !== undefined};
}

/** A login must not travel unencrypted, whatever the registry asks for. */
function isSafeRealm(realm: URL, {insecure}: RegistryReference): boolean {
	return realm.protocol === 'https:' || (realm.protocol === 'http:' && (insecure === true || isLoopback(realm.host)));
}

function getToken(
	send: SendRequest,
	realm: URL,
	service: string | undefined,
	scope: string,
	login: Login | undefined,
): Promise<HttpOutcome> {
	const url = new URL(realm);
	if (service !== undefined) {
		url.searchParams.set('service', service);
	}

	for (const one of scope.split(' ')) {
		url.searchParams.append('scope', one);
	}

	const headers: Record<string, string> =
		login?.kind === 'password' ? {authorization: basic(login.username, login.password)} : {};
	return send({url, method: 'GET', headers, maxBytes: maxTokenBytes});
}

function postRefreshToken(
	send: SendRequest,
	url: URL,
	service: string | undefined,
	scope: string,
	token: string,
): Promise<HttpOutcome> {
	const form = new URLSearchParams({
		grant_type: 'refresh_token',
		client_id: 'cachecast',
		service: service ?? '',
		scope,
		refresh_token: token,
	});
	return send({
		url,
		method: 'POST',
		headers: {'content-type': 'application/x-www-form-urlencoded'},
		body: form.toString(),
		maxBytes: maxTokenBytes,
	});
}

function basic(username: string, password: string): string {
	return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
