import {spawn} from 'node:child_process';
import {asObject, asString, member, parseJson} from '../json-value.ts';
import type {DockerEnv, Login} from './docker-config.ts';

/** What a credential helper answered. Reasons never hold anything the helper printed: it may be a secret. */
export type HelperAnswer =
	| {readonly kind: 'login'; readonly login: Login}
	| {readonly kind: 'none'}
	| {readonly kind: 'failed'; readonly reason: string};

interface HelperExit {
	readonly status: number | null;
	readonly stdout: string;
}

/** With this user name a helper says that the secret is an identity token (docker/cli credentials/native_store.go). */
const tokenUsername = '<token>';
const notFoundText = 'credentials not found in native keychain';
const maxOutputBytes = 1 << 20;

/**
 * Asks `docker-credential-<helper> get` for a registry's login: the address goes to its stdin, JSON comes back. A helper
 * that takes longer than `timeoutMs` is stopped. Source: docker/docker-credential-helpers client/client.go.
 */
export async function askCredentialHelper(
	helper: string,
	address: string,
	env: DockerEnv,
	timeoutMs: number,
): Promise<HelperAnswer> {
	const program = `docker-credential-${helper}`;
	if (!/^[\w.-]+$/.test(helper)) {
		return {
			kind: 'failed',
			reason: 'the name of the credential helper in config.json is invalid; correct "credsStore"',
		};
	}

	const exit = await run(program, address, env, timeoutMs);
	if (typeof exit === 'string') {
		return {kind: 'failed', reason: exit};
	}

	if (exit.status !== 0) {
		return exit.stdout.trim() === notFoundText
			? {kind: 'none'}
			: {kind: 'failed', reason: `"${program}" failed; try "${program} list" or run "docker login" again`};
	}

	const answer = asObject(parseJson(exit.stdout));
	const username = asString(member(answer, 'Username'));
	const secret = asString(member(answer, 'Secret'));
	if (username === undefined || secret === undefined) {
		return {kind: 'failed', reason: `"${program}" did not answer with JSON; update it or run "docker login" again`};
	}

	if (secret === '') {
		return {kind: 'none'};
	}

	return {
		kind: 'login',
		login:
			username === tokenUsername
				? {kind: 'identity-token', token: secret}
				: {kind: 'password', username, password: secret},
	};
}

function run(program: string, input: string, env: DockerEnv, timeoutMs: number): Promise<HelperExit | string> {
	return new Promise(resolve => {
		const child = spawn(program, ['get'], {env: {...env}, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true});
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			// What the helper started may hold the pipe open: it must not hold us.
			child.stdout.destroy();
			resolve(`"${program}" did not answer within ${timeoutMs / 1000} s; unlock its store or run "docker login" again`);
		}, timeoutMs);
		const chunks: Buffer[] = [];
		let size = 0;
		child.stdout.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size <= maxOutputBytes) {
				chunks.push(chunk);
			}
		});
		child.on('error', () => {
			clearTimeout(timer);
			resolve(`"${program}" cannot be started; install it or remove it from Docker's config.json`);
		});
		child.on('close', status => {
			clearTimeout(timer);
			resolve({status, stdout: Buffer.concat(chunks).toString('utf8')});
		});
		// A helper may exit without reading its input: that is no error of ours.
		child.stdin.on('error', () => undefined);
		child.stdin.end(input);
	});
}
