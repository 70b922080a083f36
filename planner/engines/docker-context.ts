import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {asString, member, parseJson} from '../json-value.ts';
import type {EngineAttempt} from './engine.ts';
import type {OnAsk} from './shown-command.ts';

/** Where to look for engines: the environment, `~`, and the operating system's name (`process.platform`). */
export interface EnginePlace {
	readonly env: NodeJS.ProcessEnv;
	readonly homeDir: string;
	readonly os: NodeJS.Platform;
	/** How long docker and buildx may take to tell about themselves; 30 s when absent. */
	readonly patienceMs?: number;
	/** Hears what is asked of docker, buildx and engines. */
	readonly onAsk?: OnAsk;
}

/** An address an engine may answer at. */
export interface DockerAddress {
	/** Where it was found: `DOCKER_HOST=tcp://…`, `context "desktop-linux"`, `/var/run/docker.sock`. */
	readonly what: string;
	/** Without user and password. */
	readonly url: string;
	readonly connection: DockerConnection;
}

export type DockerConnection =
	/** A Unix socket, or a named pipe on Windows. */
	| {readonly kind: 'socket'; readonly path: string}
	| {readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: DockerTls}
	| {readonly kind: 'ssh'};

/** PEM texts; `verify` is whether the server has to show a certificate of `ca`. */
export interface DockerTls {
	readonly verify: boolean;
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
}

export type DockerAddresses = {
	/** In the order to try them. */
	readonly addresses: readonly DockerAddress[];
	/** Places that name no usable address. */
	readonly failed: readonly EngineAttempt[];
};

/**
 * The addresses at which a Docker Engine may be, as docker itself looks for one: DOCKER_HOST, or else the context of
 * DOCKER_CONTEXT or config.json, or else the sockets of a default installation (docker/cli cli/command/cli.go
 * resolveContextName, cli/context/store). Of the last there may be several, rootless and desktop ones among them.
 */
export async function dockerAddresses(place: EnginePlace): Promise<DockerAddresses> {
	const {env, homeDir} = place;
	const host = env['DOCKER_HOST'];
	if (host) {
		const what = `DOCKER_HOST=${withoutLogin(host)}`;
		return one(what, addressOf(what, host, await tlsFromEnv(place)));
	}

	const configDir = env['DOCKER_CONFIG'] || path.join(homeDir, '.docker');
	const context = env['DOCKER_CONTEXT'] || (await currentContext(configDir));
	if (context && context !== 'default') {
		const what = `context "${context}"`;
		return one(what, await addressOfContext(what, context, configDir));
	}

	const sockets =
		place.os === 'win32'
			? ['//./pipe/docker_engine']
			: [
					'/var/run/docker.sock',
					...(env['XDG_RUNTIME_DIR'] ? [path.join(env['XDG_RUNTIME_DIR'], 'docker.sock')] : []),
					path.join(homeDir, '.docker/run/docker.sock'),
				];
	const scheme = place.os === 'win32' ? 'npipe' : 'unix';
	return {
		addresses: sockets.map(socket => ({
			what: socket,
			url: `${scheme}://${socket}`,
			connection: {kind: 'socket', path: socket},
		})),
		failed: [],
	};
}

function one(what: string, found: DockerAddress | string): DockerAddresses {
	return typeof found === 'string'
		? {addresses: [], failed: [{what, problem: found}]}
		: {addresses: [found], failed: []};
}

async function currentContext(configDir: string): Promise<string | undefined> {
	return asString(member(parseJson((await text(path.join(configDir, 'config.json'))) ?? ''), 'currentContext'));
}

async function addressOfContext(what: string, name: string, configDir: string): Promise<DockerAddress | string> {
	const id = createHash('sha256').update(name).digest('hex');
	const meta = await text(path.join(configDir, 'contexts/meta', id, 'meta.json'));
	if (meta === undefined) {
		return 'there is no such context; "docker context ls" shows those there are';
	}
	const endpoint = member(member(parseJson(meta), 'Endpoints'), 'docker');
	const host = asString(member(endpoint, 'Host'));
	if (!host) {
		return 'it has no Docker endpoint';
	}
	const tlsDir = path.join(configDir, 'contexts/tls', id, 'docker');
	const files = await tlsFiles(tlsDir);
	const skipVerify = member(endpoint, 'SkipTLSVerify') === true;
	const tls = Object.keys(files).length > 0 || skipVerify ? {...files, verify: !skipVerify} : undefined;
	return addressOf(what, host, tls);
}

/** Reads a host as DOCKER_HOST has it; a text is what is wrong with it. */
function addressOf(what: string, host: string, tls: DockerTls | undefined): DockerAddress | string {
	const [, scheme = 'tcp', rest = ''] = /^(?:(?<scheme>[a-z]+):\/\/)?(?<rest>.*)$/i.exec(host) ?? [];
	const url = withoutLogin(`${scheme}://${rest}`);
	switch (scheme) {
		case 'unix':
		case 'npipe': {
			return {what, url, connection: {kind: 'socket', path: rest}};
		}
		case 'ssh': {
			return {what, url, connection: {kind: 'ssh'}};
		}
		case 'tcp':
		case 'http':
		case 'https': {
			const parsed = URL.canParse(`tcp://${rest}`) ? new URL(`tcp://${rest}`) : undefined;
			if (!parsed?.hostname) {
				return 'it is not an address such as tcp://127.0.0.1:2375';
			}
			const secure = tls ?? (scheme === 'https' ? {verify: true} : undefined);
			const port = parsed.port === '' ? (secure === undefined ? 2375 : 2376) : Number(parsed.port);
			// A URL keeps an IPv6 address in brackets, a socket wants it without.
			const hostname = parsed.hostname.replace(/^\[|\]$/g, '');
			return {what, url, connection: {kind: 'tcp', host: hostname, port, ...(secure !== undefined && {tls: secure})}};
		}
		default: {
			return `"${scheme}://" is not a kind of address that Docker knows`;
		}
	}
}

/** Source: docker/cli cli/flags/options.go: any value turns TLS on, DOCKER_TLS without looking at the certificate. */
async function tlsFromEnv({env, homeDir}: EnginePlace): Promise<DockerTls | undefined> {
	const verify = Boolean(env['DOCKER_TLS_VERIFY']);
	if (!verify && !env['DOCKER_TLS']) {
		return undefined;
	}
	const dir = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || path.join(homeDir, '.docker');
	return {...(await tlsFiles(dir)), verify};
}

async function tlsFiles(dir: string): Promise<Omit<DockerTls, 'verify'>> {
	const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(name => text(path.join(dir, name))));
	return {...(ca && {ca}), ...(cert && {cert}), ...(key && {key})};
}

/** No credentials in anything that is shown: `ssh://me:secret@host` becomes `ssh://host`. */
function withoutLogin(url: string): string {
	return url.replace(/^(?<scheme>[a-z]+:\/\/)?[^/@]*@/i, '$<scheme>');
}

function text(file: string): Promise<string | undefined> {
	return readFile(file, 'utf8').catch(() => undefined);
}
