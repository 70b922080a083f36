import {fitting} from '../stages/place-tag.ts';

const suffix = '-LEDGER';

/** The tag of the ledger of the cache under a tag. Names of stages have no capitals, so it is nobody's cache. */
export function ledgerTag(tag: string): string {
	return fitting(`${tag}${suffix}`);
}

/** The tag of the cache whose ledger a tag names; nothing where it names none. */
export function cacheTagOf(tag: string): string | undefined {
	return tag.endsWith(suffix) ? tag.slice(0, -suffix.length) : undefined;
}
