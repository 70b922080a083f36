import {hash} from 'node:crypto';

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

/** SHA-256 of bytes, or of the UTF-8 form of a text. */
export function sha256(data: string | Uint8Array): Digest {
	return `sha256:${hash('sha256', data)}`;
}

/** Whether a text from outside is a well-formed SHA-256 digest. */
export function isDigest(text: string): text is Digest {
	return /^sha256:[0-9a-f]{64}$/.test(text);
}
