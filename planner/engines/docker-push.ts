import {type ImageReference, parseReference, withDefaultTag} from '../../analyzer/index.ts';
import type {Credentials} from '../images/credentials.ts';
import type {Login} from '../images/docker-config.ts';
import {asString, member} from '../json-value.ts';
import type {ApiLogin, DockerClient} from './docker-client.ts';
import {messagesOf} from './docker-messages.ts';
import type {BuildEvent, BuildOutcome} from './engine.ts';

/** Pushes images that the engine has just built; every registry is sent its own login only. */
export async function pushImages(
	client: DockerClient,
	tags: readonly string[],
	credentials: Credentials,
	onEvent: (event: BuildEvent) => void,
	signal: AbortSignal,
): Promise<BuildOutcome> {
	let outcome: BuildOutcome = {kind: 'failed', message: 'there is no tag to push'};
	for (const text of tags) {
		const parsed = parseReference(text);
		if (parsed.kind === 'invalid') {
			return {kind: 'failed', message: parsed.message};
		}
		onEvent({kind: 'message', text: `pushing ${text}`});
		outcome = await push(client, withDefaultTag(parsed.reference), credentials, signal);
		if (outcome.kind !== 'built') {
			return outcome;
		}
	}
	return outcome;
}

async function push(
	client: DockerClient,
	{domain, path, tag = 'latest'}: ImageReference,
	credentials: Credentials,
	signal: AbortSignal,
): Promise<BuildOutcome> {
	const answer = await credentials.find(domain);
	if (answer.kind === 'failed') {
		return {kind: 'failed', message: answer.reason};
	}
	const login = answer.kind === 'login' ? {...apiLogin(answer.login), serveraddress: domain} : {};
	let imageDigest: string | undefined;
	let failure: string | undefined;
	for await (const message of messagesOf(client.push(`${domain}/${path}`, tag, login, signal))) {
		switch (message.kind) {
			case 'json': {
				imageDigest = asString(member(member(message.json, 'aux'), 'Digest')) ?? imageDigest;
				break;
			}
			case 'text': {
				break;
			}
			case 'error': {
				failure = message.message;
				break;
			}
			case 'broken': {
				return signal.aborted
					? {kind: 'aborted'}
					: {kind: message.refused ? 'failed' : 'lost', message: message.reason};
			}
		}
	}
	return failure === undefined
		? {kind: 'built', ...(imageDigest !== undefined && {imageDigest})}
		: {kind: 'failed', message: failure};
}

function apiLogin(login: Login): ApiLogin {
	switch (login.kind) {
		case 'password': {
			return {username: login.username, password: login.password};
		}
		case 'identity-token': {
			return {identitytoken: login.token};
		}
		case 'registry-token': {
			return {registrytoken: login.token};
		}
	}
}
