import {decodeSource} from '../dockerfile/source-bytes.ts';

/** A URL's parts as Go's `net/url` gives them: path and fragment decoded, nothing else normalized. */
export interface SourceUrl {
	/** In lower case. */
	readonly scheme: string;
	readonly path: string;
	/** As it stands behind the first `?`. */
	readonly query: string;
	readonly fragment: string;
	/** The URL without query and fragment. */
	readonly plain: string;
}

/**
 * Takes a URL apart as BuildKit does, with Go's url.Parse; `undefined` for what Go refuses. Node's URL differs where it
 * shows in a key: it resolves `..` and encodes what it finds in a path.
 */
export function parseSourceUrl(text: string): SourceUrl | undefined {
	const [beforeFragment, fragment = ''] = cut(text, '#');
	const [beforeQuery, query = ''] = cut(beforeFragment, '?');
	const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/is.exec(beforeQuery);
	if (match === null || hasControls(text)) {
		return undefined;
	}

	const [, scheme = '', authority = '', rawPath = ''] = match;
	const host = authority.slice(authority.lastIndexOf('@') + 1);
	const path = percentDecoded(rawPath);
	const name = percentDecoded(fragment);
	if (path === undefined || name === undefined || !/^(?:\[[^\]]*\]|[^\s<>"^`{|}\\[\]:]*)(?::\d*)?$/.test(host)) {
		return undefined;
	}

	return {scheme: scheme.toLowerCase(), path, query, fragment: name, plain: beforeQuery};
}

/** A URL as it may be shown: a login in it is a secret. */
export function withoutLogin(url: string): string {
	return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/** Cuts a text at the first `separator`. */
export function cut(text: string, separator: string): readonly [string, string?] {
	const at = text.indexOf(separator);
	return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function hasControls(text: string): boolean {
	return /\p{Cc}/u.test(text.replace(/[\u0080-\u009f]/g, ''));
}

function percentDecoded(text: string): string | undefined {
	if (/%(?![0-9a-f]{2})/i.test(text)) {
		return undefined;
	}

	return text.replace(/(?:%[0-9a-f]{2})+/gi, run => decodeSource(Buffer.from(run.replaceAll('%', ''), 'hex')));
}
