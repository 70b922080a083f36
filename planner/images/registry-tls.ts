import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {rootCertificates} from 'node:tls';

/** What TLS with one registry needs besides the usual certificates; all of it PEM. */
export interface TlsMaterial {
	/** Every certificate authority that is trusted, the usual ones included. */
	readonly ca: readonly string[];
	readonly cert?: string;
	/** A secret. */
	readonly key?: string;
}

/** What is needed for a host (`registry.example.com:5000`); undefined: nothing but the usual. */
export type TlsOf = (host: string) => Promise<TlsMaterial | undefined>;

export interface TlsSources {
	/** Texts of `--registry-ca`. */
	readonly ca: readonly string[];
	/** Folders with one folder per registry, by host and port. */
	readonly folders: readonly string[];
	/** The value of NODE_EXTRA_CA_CERTS: Node reads it by itself, but not for connections with a list of their own. */
	readonly extraFile?: string;
}

/** Where Docker looks for certificates of registries: the engine, rootless, and Docker Desktop (docs.docker.com/engine/security/certificates). */
export function certificateFolders(homeDir: string): readonly string[] {
	return [
		'/etc/docker/certs.d',
		path.join(homeDir, '.config', 'docker', 'certs.d'),
		path.join(homeDir, '.docker', 'certs.d'),
	];
}

/**
 * Finds certificates as the Docker engine does: in the first folder that has one for the host, every `*.crt` is an
 * authority and `NAME.cert` with `NAME.key` the client's own. What cannot be read counts as not there. Source: moby
 * daemon/pkg/registry/registry.go ReadCertsDirectory.
 */
export function tlsSources({ca, folders, extraFile}: TlsSources): TlsOf {
	const known = new Map<string, Promise<TlsMaterial | undefined>>();
	const find = async (host: string): Promise<TlsMaterial | undefined> => {
		const own = await hostFiles(folders, host);
		if (ca.length === 0 && own === undefined) {
			return undefined;
		}

		const extra = extraFile ? await readText(extraFile) : undefined;
		return {
			ca: [...rootCertificates, ...(extra === undefined ? [] : [extra]), ...ca, ...(own?.ca ?? [])],
			...(own?.client ?? {}),
		};
	};
	return host => {
		const found = known.get(host) ?? find(host);
		known.set(host, found);
		return found;
	};
}

interface HostFiles {
	readonly ca: readonly string[];
	readonly client?: {readonly cert: string; readonly key: string};
}

async function hostFiles(folders: readonly string[], host: string): Promise<HostFiles | undefined> {
	for (const folder of folders) {
		const dir = path.join(folder, host);
		const names = await readdir(dir).catch(() => []);
		const texts = async (ending: string) => {
			const found = names.filter(name => name.endsWith(ending)).sort();
			return (await Promise.all(found.map(name => readText(path.join(dir, name))))).filter(text => text !== undefined);
		};
		const ca = await texts('.crt');
		const [cert] = await texts('.cert');
		const [key] = await texts('.key');
		if (ca.length > 0 || (cert !== undefined && key !== undefined)) {
			return {ca, ...(cert !== undefined && key !== undefined && {client: {cert, key}})};
		}
	}

	return undefined;
}

function readText(file: string): Promise<string | undefined> {
	return readFile(file, 'utf8').catch(() => undefined);
}
