import {fetchedFileDigest, type RemoteResult, sha256} from '../../analyzer/index.ts';
import type {SendRequest} from '../images/http-request.ts';

/** A longer file is not fetched to know its key. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Fetches a file as a builder without a cache does (BuildKit source/http/source.go): by GET, whatever its ETag. A login in the URL is sent
 * as such; secrets that a build would hand to BuildKit are not known here.
 */
export async function readHttpFile(url: string, send: SendRequest): Promise<RemoteResult> {
	if (!URL.canParse(url)) {
		return {kind: 'unresolved', reason: 'it is no valid URL'};
	}

	const target = new URL(url);
	const headers = login(target);
	target.username = '';
	target.password = '';
	target.hash = '';
	const outcome = await send({url: target, method: 'GET', headers, maxBytes});
	if (outcome.kind === 'failed') {
		return {kind: 'unresolved', reason: outcome.problem};
	}

	const {status, bytes} = outcome;
	if (status < 200 || status > 299) {
		return {kind: 'unresolved', reason: `it answers ${status}`};
	}

	// Go unpacks gzip and nothing else, Node more than that.
	const encoding = outcome.headers.get('content-encoding') ?? '';
	if (!['', 'gzip', 'identity'].includes(encoding.toLowerCase())) {
		return {kind: 'unresolved', reason: `it is sent in the encoding "${encoding}"`};
	}

	const lastModified = outcome.headers.get('last-modified');
	return {
		kind: 'file',
		digest: sha256(bytes),
		content: fetchedFileDigest(bytes),
		...(lastModified !== null && {lastModified}),
	};
}

function login({username, password}: URL): Readonly<Record<string, string>> {
	if (username === '' && password === '') {
		return {};
	}

	const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return {authorization: `Basic ${Buffer.from(text).toString('base64')}`};
}
