import {askCredentialHelper, type HelperAnswer} from './credential-helper.ts';
import {
	type DockerConfig,
	type DockerConfigPlace,
	type Login,
	loginsFromEnv,
	readDockerConfig,
} from './docker-config.ts';

/** Finds the login of a registry. */
export interface Credentials {
	/** `domain` as in an image reference: `docker.io`, `ghcr.io`, `localhost:5000`. */
	find(domain: string): Promise<HelperAnswer>;
}

/** The key Docker Hub's login is saved under. */
const hubAddress = 'https://index.docker.io/v1/';
const hubNames: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const helperTimeoutMs = 20_000;

/**
 * Logins as Docker's own tools find them: DOCKER_AUTH_CONFIG first, then the registry's helper, then the common store,
 * then `auths` of config.json. The file is read once. Source: docker/cli cli/config/configfile/file.go.
 */
export function dockerCredentials(place: DockerConfigPlace, timeoutMs: number = helperTimeoutMs): Credentials {
	let reading: ReturnType<typeof readDockerConfig> | undefined;
	return {
		async find(domain) {
			const fromEnv = loginFor(loginsFromEnv(place.env), domain);
			if (fromEnv !== undefined) {
				return {kind: 'login', login: fromEnv};
			}

			reading ??= readDockerConfig(place);
			const result = await reading;
			if (result.kind === 'failed') {
				return result;
			}

			const helper = helperFor(result.config, domain);
			if (helper !== undefined) {
				return askCredentialHelper(helper, serverAddress(domain), place.env, timeoutMs);
			}

			const login = loginFor(result.config.logins, domain);
			return login === undefined ? {kind: 'none'} : {kind: 'login', login};
		},
	};
}

/** No logins at all. */
export const anonymous: Credentials = {find: async () => ({kind: 'none'})};

function serverAddress(domain: string): string {
	return hubNames.includes(domain) ? hubAddress : domain;
}

function helperFor({credHelpers, credsStore}: DockerConfig, domain: string): string | undefined {
	const names = hubNames.includes(domain) ? [hubAddress, ...hubNames] : [domain];
	const name = names.find(candidate => Object.hasOwn(credHelpers, candidate));
	return name === undefined ? credsStore : credHelpers[name];
}

function loginFor(logins: ReadonlyMap<string, Login>, domain: string): Login | undefined {
	const address = serverAddress(domain);
	const exact = logins.get(address);
	if (exact !== undefined) {
		return exact;
	}

	// Old entries are URLs (`https://host/v1/`): their host decides (docker/cli credentials/file_store.go).
	const hosts = hubNames.includes(domain) ? hubNames : [domain];
	for (const [key, login] of logins) {
		if (hosts.includes(hostOf(key))) {
			return login;
		}
	}

	return undefined;
}

function hostOf(address: string): string {
	const [host] = address.replace(/^https?:\/\//, '').split('/');
	return host ?? '';
}
