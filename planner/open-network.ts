import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {DockerEnv} from './images/docker-config.ts';
import {createFetch} from './images/http-fetch.ts';
import type {Fetch} from './images/http-request.ts';
import {certificateFolders, tlsSources} from './images/registry-tls.ts';
import {asString, member} from './json-value.ts';
import type {Problem} from './workspace.ts';

/** How servers are to be reached. */
export interface NetworkWish {
	/** `process.env`: proxies are found by it. */
	readonly env: DockerEnv;
	readonly homeDir: string;
	readonly cwd: string;
	/** `--registry-ca`: files of certificates in PEM, relative to `cwd`. */
	readonly caFiles: readonly string[];
}

export type NetworkOpening =
	| {readonly kind: 'opened'; readonly fetch: Fetch}
	| {readonly kind: 'failed'; readonly problem: Problem};

/** A fetch with the proxies and certificates of the command line. Fails only on a file of certificates that is none. */
export async function openNetwork({env, homeDir, cwd, caFiles}: NetworkWish): Promise<NetworkOpening> {
	const ca: string[] = [];
	for (const file of caFiles) {
		const read = await readCertificates(path.resolve(cwd, file));
		if (read.kind === 'failed') {
			return {
				kind: 'failed',
				problem: {
					message: `--registry-ca "${file}" ${read.problem}`,
					hint: 'name a file with the certificate of an authority in PEM',
				},
			};
		}

		ca.push(read.text);
	}

	const extraFile = env['NODE_EXTRA_CA_CERTS'];
	const tlsOf = tlsSources({ca, folders: certificateFolders(homeDir), ...(extraFile && {extraFile})});
	return {kind: 'opened', fetch: createFetch({env, tlsOf})};
}

type Certificates =
	| {readonly kind: 'text'; readonly text: string}
	| {readonly kind: 'failed'; readonly problem: string};

async function readCertificates(file: string): Promise<Certificates> {
	try {
		const text = await readFile(file, 'utf8');
		return text.includes('-----BEGIN CERTIFICATE-----')
			? {kind: 'text', text}
			: {kind: 'failed', problem: 'holds no certificate'};
	} catch (error) {
		return {kind: 'failed', problem: `cannot be read (${asString(member(error, 'code')) ?? 'unknown error'})`};
	}
}
