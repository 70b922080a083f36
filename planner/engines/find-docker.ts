import type {Credentials} from '../images/credentials.ts';
import {asString, member} from '../json-value.ts';
import {dockerEngine} from './docker.ts';
import {openDocker} from './docker-client.ts';
import {type DockerAddress, dockerAddresses, type EnginePlace} from './docker-context.ts';
import type {Engine, EngineAttempt} from './engine.ts';
import {hasContainerdStore} from './image-store.ts';
import {engineRegistries} from './registry-config.ts';
import type {OnAsk} from './shown-command.ts';

export type DockerSearch =
	| {readonly kind: 'found'; readonly engine: Engine; readonly what: string}
	| {readonly kind: 'none'; readonly tried: readonly EngineAttempt[]};

/** The first version of the Engine API with BuildKit outside of experiments: Docker 18.09. */
const firstApiVersion = 1.39;

/** Looks for a Docker Engine with BuildKit, at every address in turn. */
export async function findDocker(place: EnginePlace, credentials: Credentials): Promise<DockerSearch> {
	const {addresses, failed} = await dockerAddresses(place);
	const tried = [...failed];
	for (const address of addresses) {
		const found = await tryAddress(address, credentials, place.onAsk);
		if (typeof found !== 'string') {
			return {kind: 'found', engine: found, what: address.what};
		}
		tried.push({what: address.what, problem: found});
	}
	return {kind: 'none', tried};
}

/** A text is what is wrong. */
async function tryAddress(
	{url, connection}: DockerAddress,
	credentials: Credentials,
	onAsk: OnAsk | undefined,
): Promise<Engine | string> {
	if (connection.kind === 'ssh') {
		return 'an engine behind ssh can be used only through docker buildx';
	}
	const client = await openDocker(connection, onAsk);
	let version: unknown;
	try {
		version = await client.version();
	} catch (error) {
		client.close();
		return problemIn(error);
	}

	const os = asString(member(version, 'Os'));
	const architecture = asString(member(version, 'Arch'));
	const apiVersion = Number(asString(member(version, 'ApiVersion')));
	if (!(apiVersion >= firstApiVersion) || os !== 'linux' || architecture === undefined) {
		client.close();
		return 'it is not a Docker Engine with BuildKit';
	}
	const engineVersion = asString(member(version, 'Version'));
	const info: unknown = await client.info();
	return dockerEngine(
		client,
		{
			kind: 'docker',
			address: url,
			...(engineVersion && {engineVersion}),
			// Neither registry nor local caches can be asked for over this API.
			canExportCache: false,
			takesOwnImages: !hasContainerdStore(info),
			registries: engineRegistries(info),
			platform: `${os}/${architecture}`,
		},
		credentials,
	);
}

function problemIn(error: unknown): string {
	const code = asString(member(error, 'code')) ?? '';
	switch (code) {
		case 'ENOENT': {
			return 'there is no such socket';
		}
		case 'ECONNREFUSED': {
			return 'nobody answers (connection refused)';
		}
		case 'EACCES': {
			return 'permission denied; is your user in the group "docker"?';
		}
		default: {
			return tlsProblem(code) ?? (error instanceof Error ? error.message : String(error));
		}
	}
}

/** By the codes of Node's TLS: those of OpenSSL's alerts, and of its verification. */
function tlsProblem(code: string): string | undefined {
	if (/^ERR_SSL_.*ALERT/.test(code)) {
		return `it does not take our certificate (${code}); check cert.pem and key.pem of DOCKER_CERT_PATH or of the docker context`;
	}

	return /CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)
		? `its certificate is not trusted (${code}); check ca.pem of DOCKER_CERT_PATH or of the docker context`
		: undefined;
}
