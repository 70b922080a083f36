import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {asObject, asString, type JsonObject, member, parseJson, stringMembers} from '../json-value.ts';

/** What a saved login lets us send; the values are secrets and belong in no message. */
export type Login =
	| {readonly kind: 'password'; readonly username: string; readonly password: string}
	/** A refresh token for the token service. */
	| {readonly kind: 'identity-token'; readonly token: string}
	/** A token the registry takes as it is. */
	| {readonly kind: 'registry-token'; readonly token: string};

/** The parts of Docker's config.json that tell how to log in. */
export interface DockerConfig {
	readonly logins: ReadonlyMap<string, Login>;
	/** Helper by registry, `pass` for the program `docker-credential-pass`. */
	readonly credHelpers: Readonly<Record<string, string>>;
	readonly credsStore?: string;
}

export type DockerConfigResult =
	| {readonly kind: 'read'; readonly config: DockerConfig}
	| {readonly kind: 'failed'; readonly reason: string};

/** The environment (`process.env`) with the variables that matter here. */
export interface DockerEnv {
	readonly DOCKER_CONFIG?: string | undefined;
	readonly DOCKER_AUTH_CONFIG?: string | undefined;
	readonly [name: string]: string | undefined;
}

/** Where Docker looks for its configuration, and what `~` is. */
export interface DockerConfigPlace {
	readonly env: DockerEnv;
	readonly homeDir: string;
}

/**
 * Reads `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`; no file means no logins. Source: docker/cli
 * cli/config/config.go and configfile/file.go.
 */
export async function readDockerConfig({env, homeDir}: DockerConfigPlace): Promise<DockerConfigResult> {
	const file = path.join(env.DOCKER_CONFIG || path.join(homeDir, '.docker'), 'config.json');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		const code = asString(member(error, 'code')) ?? 'unknown error';
		return code === 'ENOENT' || code === 'ENOTDIR'
			? {kind: 'read', config: {logins: new Map(), credHelpers: {}}}
			: {kind: 'failed', reason: `"${file}" cannot be read (${code}); check its permissions`};
	}

	const json = asObject(parseJson(text));
	if (json === undefined) {
		return {kind: 'failed', reason: `"${file}" is not valid JSON; repair it or run "docker login" again`};
	}

	const credsStore = asString(member(json, 'credsStore'));
	return {
		kind: 'read',
		config: {
			logins: parseLogins(member(json, 'auths')),
			credHelpers: stringMembers(member(json, 'credHelpers')),
			...(credsStore ? {credsStore} : {}),
		},
	};
}

/** Logins of the variable DOCKER_AUTH_CONFIG, a JSON text with `auths`; anything else in it counts as none, as in Docker. */
export function loginsFromEnv(env: DockerEnv): ReadonlyMap<string, Login> {
	return parseLogins(member(parseJson(env.DOCKER_AUTH_CONFIG ?? ''), 'auths'));
}

function parseLogins(auths: unknown): ReadonlyMap<string, Login> {
	const logins = new Map<string, Login>();
	for (const [address, value] of Object.entries(asObject(auths) ?? {})) {
		const login = parseLogin(asObject(value) ?? {});
		if (login !== undefined) {
			logins.set(address, login);
		}
	}

	return logins;
}

function parseLogin(entry: JsonObject): Login | undefined {
	const registryToken = asString(member(entry, 'registrytoken'));
	if (registryToken) {
		return {kind: 'registry-token', token: registryToken};
	}

	const identityToken = asString(member(entry, 'identitytoken'));
	if (identityToken) {
		return {kind: 'identity-token', token: identityToken};
	}

	// `auth` is base64 of `user:password`; some writers pad it with NUL bytes.
	const decoded = Buffer.from(asString(member(entry, 'auth')) ?? '', 'base64')
		.toString('utf8')
		.replaceAll('\0', '');
	const colon = decoded.indexOf(':');
	if (colon > 0) {
		return {kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1)};
	}

	const username = asString(member(entry, 'username'));
	const password = asString(member(entry, 'password'));
	return username && password ? {kind: 'password', username, password} : undefined;
}
