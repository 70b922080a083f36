import {parseReference} from '../../analyzer/index.ts';

export type MirrorFlag =
	| {readonly kind: 'mirror'; readonly domain: string; readonly url: string}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

/**
 * Parses a value of --registry-mirror: an address that is asked first for images of Docker Hub, as dockerd's flag of that
 * name, or `<registry>=<address>` for those of another registry. Without a scheme it is https.
 */
export function parseMirrorFlag(text: string): MirrorFlag {
	const [, domain = 'docker.io', address = ''] = /^(?:([^=/]+)=)?(.*)$/s.exec(text) ?? [];
	const url = address.includes('://') ? address : `https://${address}`;
	const parsed = parseReference(`${domain}/x`);
	const hint = 'write --registry-mirror https://<host> or --registry-mirror <registry>=https://<host>';
	if (parsed.kind === 'invalid' || !URL.canParse(url)) {
		return {kind: 'invalid', message: '--registry-mirror is not an address', hint};
	}

	const {protocol, username, password, search, hash} = new URL(url);
	if (!['http:', 'https:'].includes(protocol) || search !== '' || hash !== '') {
		return {kind: 'invalid', message: '--registry-mirror is not the address of a registry', hint};
	}

	return username === '' && password === ''
		? {kind: 'mirror', domain: parsed.reference.domain, url}
		: {
				kind: 'invalid',
				message: '--registry-mirror holds a login',
				hint: 'leave it out of the address and run "docker login" for that host',
			};
}
