import {setTimeout as sleep} from 'node:timers/promises';
import type {GitVertex, HttpVertex, RemoteResult} from '../../analyzer/index.ts';
import {createFetch} from '../images/http-fetch.ts';
import {createSend, type SendRequest} from '../images/http-request.ts';
import {readGitRefs} from './git-refs.ts';
import {readHttpFile} from './http-file.ts';

/** Asks what is at the other end of a URL: the file, or the ids of a git repository's references. */
export type ReadRemote = (vertex: HttpVertex | GitVertex) => Promise<RemoteResult>;

export interface RemoteOptions {
	/** For `git`: where to find it, and the user's logins. */
	readonly env: NodeJS.ProcessEnv;
	readonly send?: SendRequest;
	readonly timeoutMs?: number;
}

/** A reader over the network, for `--online`; what cannot be read comes with a reason that holds no URL. */
export function createReadRemote({
	env,
	timeoutMs = 30_000,
	send = defaultSend(env, timeoutMs),
}: RemoteOptions): ReadRemote {
	return vertex => (vertex.kind === 'http' ? readHttpFile(vertex.url, send) : readGitRefs(vertex, env, timeoutMs));
}

function defaultSend(env: NodeJS.ProcessEnv, timeoutMs: number): SendRequest {
	return createSend({
		fetch: createFetch({env, tlsOf: async () => undefined}),
		timeoutMs,
		retries: 2,
		wait: ms => sleep(ms),
	});
}
