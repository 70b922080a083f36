import {type Digest, isDigest} from '../keys/digest.ts';

/** An image reference, normalised: `debian` has domain `docker.io` and path `library/debian`. No tag means none was given. */
export interface ImageReference {
	/** Host and port of the registry; `docker.io` for Docker Hub. */
	readonly domain: string;
	readonly path: string;
	readonly tag?: string;
	readonly digest?: Digest;
}

/** A parsed reference, or one sentence on what is wrong with the text. */
export type ReferenceResult =
	| {readonly kind: 'reference'; readonly reference: ImageReference}
	| {readonly kind: 'invalid'; readonly message: string};

const hubDomain = 'docker.io';
const legacyHubDomain = 'index.docker.io';
const officialPrefix = 'library/';
const maxPathLength = 255;

const identifierPattern = /^[a-f0-9]{64}$/;
const pathComponentPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const domainLabelPattern = /^[a-zA-Z0-9-]+$/;
const ipv6Pattern = /^\[[a-fA-F0-9:]+\]$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/**
 * Parses an image reference as Docker does: a first component is a registry when it has a dot, a colon or an upper-case
 * letter or is `localhost`; everything else is on Docker Hub. The text must be expanded already. Only SHA-256 digests are
 * supported. Source: distribution/reference normalize.go and reference.go. One difference: a host with an underscore
 * (`my_host.com/x`), which that package lets through without any domain, is invalid here.
 */
export function parseReference(text: string): ReferenceResult {
	if (text === '') {
		return {kind: 'invalid', message: 'invalid image reference "": repository name must have at least one component'};
	}

	if (identifierPattern.test(text)) {
		return invalid(text, 'cannot specify 64-byte hexadecimal strings, which look like an image ID');
	}

	const {domain, remainder} = splitDomain(text);
	const [name, digest] = cut(remainder, '@');
	const [path, tag] = cut(name, ':');
	const [lowerCased] = cut(remainder, ':');
	if (lowerCased !== lowerCased.toLowerCase()) {
		return invalid(text, 'repository name must be lowercase');
	}

	if (!isDomain(domain)) {
		return malformed(text, `"${domain}" cannot be the host of a registry`);
	}

	const component = path.split('/').find(part => !pathComponentPattern.test(part));
	if (component !== undefined) {
		return malformed(
			text,
			component === '' ? 'a part of the name is empty' : `"${component}" cannot be part of a name`,
		);
	}

	if (tag !== undefined && !tagPattern.test(tag)) {
		return malformed(text, tag === '' ? 'the tag is empty' : `"${tag}" cannot be a tag`);
	}

	if (path.length > maxPathLength) {
		return invalid(text, `repository name must not be more than ${maxPathLength} characters`);
	}

	const named = {domain, path, ...(tag === undefined ? {} : {tag})};
	if (digest === undefined) {
		return {kind: 'reference', reference: named};
	}

	return isDigest(digest)
		? {kind: 'reference', reference: {...named, digest}}
		: {kind: 'invalid', message: digestProblem(text, digest)};
}

/** What a FROM or --from may name. */
export const nameHint = 'write the name of a stage above, an image as NAME:TAG, or scratch';

/** `write it in lower case: "acme/app:1"`, where that makes a reference of what is none; a tag keeps its case. */
export function lowerCaseHint(text: string): string | undefined {
	const [name] = cut(text, '@');
	const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
	const end = colon === -1 ? name.length : colon;
	const lower = `${text.slice(0, end).toLowerCase()}${text.slice(end)}`;
	return lower === text || parseReference(lower).kind === 'invalid' ? undefined : `write it in lower case: "${lower}"`;
}

/** The reference with the tag `latest` when it has neither tag nor digest (distribution/reference TagNameOnly). */
export function withDefaultTag(reference: ImageReference): ImageReference {
	return reference.tag === undefined && reference.digest === undefined ? {...reference, tag: 'latest'} : reference;
}

/** The full form, `docker.io/library/debian:12`. */
export function formatReference(reference: ImageReference): string {
	return `${reference.domain}/${reference.path}${suffix(reference)}`;
}

/** The form Docker's own tools show, `debian:12`: without Docker Hub's domain and its `library/`. */
export function familiarReference(reference: ImageReference): string {
	if (reference.domain !== hubDomain) {
		return formatReference(reference);
	}

	const official = reference.path.startsWith(officialPrefix) ? reference.path.slice(officialPrefix.length) : undefined;
	const name = official === undefined || official.includes('/') ? reference.path : official;
	return `${name}${suffix(reference)}`;
}

function suffix({tag, digest}: ImageReference): string {
	return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function splitDomain(text: string): {readonly domain: string; readonly remainder: string} {
	const [first, rest] = cut(text, '/');
	if (rest === undefined) {
		return {domain: hubDomain, remainder: `${officialPrefix}${text}`};
	}

	const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
	const domain = !isHost || first === legacyHubDomain ? hubDomain : first;
	const remainder = isHost ? rest : text;
	return {
		domain,
		remainder: domain === hubDomain && !remainder.includes('/') ? `${officialPrefix}${remainder}` : remainder,
	};
}

function isDomain(domain: string): boolean {
	const port = /:[0-9]+$/.exec(domain);
	const host = port === null ? domain : domain.slice(0, port.index);
	return (
		ipv6Pattern.test(host) ||
		host.split('.').every(label => domainLabelPattern.test(label) && !label.startsWith('-') && !label.endsWith('-'))
	);
}

function digestProblem(text: string, digest: string): string {
	if (!digestPattern.test(digest)) {
		return `invalid reference format "${text}": "${digest}" cannot be a digest`;
	}

	const [algorithm, hex] = cut(digest, ':');
	if (algorithm !== 'sha256') {
		return `invalid image reference "${text}": unsupported digest algorithm "${algorithm}"; use sha256`;
	}

	return hex?.length === 64
		? `invalid image reference "${text}": invalid checksum digest format; write it in lower case`
		: `invalid image reference "${text}": invalid checksum digest length; sha256 has 64 hexadecimal digits`;
}

function invalid(text: string, why: string): ReferenceResult {
	return {kind: 'invalid', message: `invalid image reference "${text}": ${why}`};
}

/** Starts with BuildKit's own words, so that it can be searched for. */
function malformed(text: string, why: string): ReferenceResult {
	return {kind: 'invalid', message: `invalid reference format "${text}": ${why}`};
}

function cut(text: string, separator: string): readonly [before: string, after: string | undefined] {
	const index = text.indexOf(separator);
	return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)];
}
