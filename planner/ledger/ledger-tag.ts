import {sha256} from '../../analyzer/index.ts';

const suffix = '-LEDGER';

/** OCI distribution-spec: a tag has 128 characters at most. */
const maxTagLength = 128;

/**
 * The tag of the ledger of the cache under a tag; what is too long has a digest of the cache's tag before its end. Names of
 * stages have no capitals, so it is nobody's cache.
 */
export function ledgerTag(tag: string): string {
	const cut = `-H-${sha256(Buffer.from(tag)).slice('sha256:'.length, 'sha256:'.length + 32)}${suffix}`;
	return tag.length + suffix.length <= maxTagLength
		? `${tag}${suffix}`
		: `${tag.slice(0, maxTagLength - cut.length)}${cut}`;
}

/** Whether a tag is that of a ledger. */
export function isLedgerTag(tag: string): boolean {
	return tag.endsWith(suffix);
}
