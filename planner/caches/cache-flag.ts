import {didYouMean, isDigest, parseCsv, parseReference} from '../../analyzer/index.ts';
import type {CacheAttributes, CacheSpec} from './cache-source.ts';

/** `from` is a --cache-from, `to` a --cache-to. */
export type CacheDirection = 'from' | 'to';

export type CacheFlag =
	| {readonly kind: 'spec'; readonly spec: CacheSpec}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

const remoteTypes: readonly string[] = ['gha', 's3', 'azblob'];
/** Of BuildKit's cache types: `token`, `access_key_id`, `secret_access_key`, `session_token`. */
const secretNames = /token|secret|password|access_key|credential/;
const defaultTag = 'latest';

/**
 * Parses a value of --cache-from or --cache-to: buildx's CSV, `type=registry,ref=…`, or a bare image reference, which
 * means that; and `type=stages,ref=…`, which is cachecast's own. Attribute names are in lower case, the last of equal ones counts. No message quotes a value that may be a
 * secret. Source: docker/buildx util/buildflags/cache.go; required attributes as in BuildKit client/solve.go.
 */
export function parseCacheFlag(text: string, direction: CacheDirection): CacheFlag {
	const csv = parseCsv(text);
	if (csv.kind === 'failed') {
		// csv.message may quote the text, and with it a secret.
		return text === ''
			? invalid(`${flagName(direction)} is empty`, 'name an image, or write type=local and a folder')
			: invalid(
					`${flagName(direction)} is not valid CSV`,
					'put a part with a comma or quote in quotes: type=local,"src=a,b"',
				);
	}

	const {fields} = csv;
	const [first = ''] = fields;
	if (fields.length === 1 && !first.includes('=')) {
		return registrySpec(first, {}, direction);
	}

	if (fields.every(field => !field.includes('='))) {
		return invalid(`${flagName(direction)} names several images`, `give ${flagName(direction)} once for each of them`);
	}

	const attributes: Record<string, string> = {};
	for (const field of fields) {
		const equals = field.indexOf('=');
		if (equals === -1) {
			return invalid(`${flagName(direction)} has a part without "="`, 'write each part as name=value');
		}

		attributes[field.slice(0, equals).toLowerCase()] = field.slice(equals + 1);
	}

	return typedSpec(attributes, direction);
}

/** The value of the flag again: what {@link parseCacheFlag} reads as the same spec. */
export function formatCacheSpec(spec: CacheSpec, direction: CacheDirection): string {
	const rest = Object.entries(spec.attributes).map(([name, value]) => `${name}=${value}`);
	switch (spec.kind) {
		case 'registry':
			return formatCsvLine(['type=registry', `ref=${spec.ref}`, ...rest]);
		case 'local': {
			const tag = spec.tag === defaultTag ? [] : [`tag=${spec.tag}`];
			return formatCsvLine(['type=local', `${dirName(direction)}=${spec.dir}`, ...tag, ...rest]);
		}

		case 'inline':
			return formatCsvLine(['type=inline', ...rest]);
		case 'stages':
			return formatCsvLine(['type=stages', `ref=${spec.ref}`, ...rest]);
		case 'other':
			return formatCsvLine([`type=${spec.type}`, ...rest]);
	}
}

/** The same for people: what may be a secret, as an access key of S3, is `***`. */
export function describeCacheSpec(spec: CacheSpec, direction: CacheDirection): string {
	const shown = Object.entries(spec.attributes).map(([name, value]) => [name, secretNames.test(name) ? '***' : value]);
	return formatCacheSpec({...spec, attributes: Object.fromEntries(shown)}, direction);
}

function typedSpec({type, ...attributes}: Record<string, string>, direction: CacheDirection): CacheFlag {
	switch (type) {
		case 'registry': {
			const {ref, ...rest} = attributes;
			return registrySpec(ref ?? '', rest, direction);
		}

		case 'stages': {
			const {ref, ...rest} = attributes;
			return stagesSpec(ref ?? '', rest, direction);
		}

		case 'local':
			return localSpec(attributes, direction);
		case 'inline':
			return direction === 'to'
				? {kind: 'spec', spec: {kind: 'inline', attributes}}
				: invalid(
						'--cache-from cannot be of type "inline"',
						'name the image that holds the inline cache: --cache-from type=registry,ref=<image>',
					);
		case undefined:
		case '':
			return invalid(`${flagName(direction)} has no type`, 'add type=registry, type=stages or type=local');
		default:
			return remoteTypes.includes(type)
				? {kind: 'spec', spec: {kind: 'other', type, attributes}}
				: invalid(`${flagName(direction)} has the unknown type "${type}"`, typeHint(type));
	}
}

function registrySpec(ref: string, attributes: CacheAttributes, direction: CacheDirection): CacheFlag {
	if (ref === '') {
		return invalid(`${flagName(direction)} of type "registry" has no ref`, 'add ref=<registry>/<name>:<tag>');
	}

	const parsed = parseReference(ref);
	return parsed.kind === 'reference'
		? {kind: 'spec', spec: {kind: 'registry', ref, attributes}}
		: invalid(parsed.message, `write ${flagName(direction)} type=registry,ref=<registry>/<name>:<tag>`);
}

function stagesSpec(ref: string, attributes: CacheAttributes, direction: CacheDirection): CacheFlag {
	if (ref === '') {
		return invalid(`${flagName(direction)} of type "stages" has no ref`, 'add ref=<registry>/<name>');
	}

	const parsed = parseReference(ref);
	if (parsed.kind === 'invalid') {
		return invalid(parsed.message, `write ${flagName(direction)} type=stages,ref=<registry>/<name>`);
	}

	return parsed.reference.digest === undefined
		? {kind: 'spec', spec: {kind: 'stages', ref, attributes}}
		: invalid(
				'a cache of type "stages" has a tag for each stage, and cannot be named by digest',
				'leave @sha256:… out',
			);
}

function localSpec(attributes: Readonly<Record<string, string>>, direction: CacheDirection): CacheFlag {
	const name = dirName(direction);
	const {[name]: dir, tag = defaultTag, ...rest} = attributes;
	if (!dir) {
		const other = attributes[dirName(direction === 'from' ? 'to' : 'from')];
		return invalid(
			`${flagName(direction)} of type "local" has no ${name}`,
			other ? `write ${name}=${other}` : `add ${name}=<folder>`,
		);
	}

	const {digest} = rest;
	if (digest !== undefined && !isDigest(digest)) {
		return invalid(`"${digest}" is not a digest`, 'write digest=sha256: and 64 hexadecimal digits, or leave it out');
	}

	if (tag === '' && digest === undefined) {
		return invalid(`${flagName(direction)} of type "local" has an empty tag`, 'leave tag out to get "latest"');
	}

	return {kind: 'spec', spec: {kind: 'local', dir, tag, attributes: rest}};
}

function typeHint(type: string): string {
	const known = ['registry', 'stages', 'local', 'inline', ...remoteTypes];
	return didYouMean(type, known) ?? `use one of ${known.join(', ')}`;
}

/** One line of CSV, quoted where it has to be (Go encoding/csv Writer). */
function formatCsvLine(fields: readonly string[]): string {
	return fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function flagName(direction: CacheDirection): string {
	return `--cache-${direction}`;
}

function dirName(direction: CacheDirection): 'src' | 'dest' {
	return direction === 'from' ? 'src' : 'dest';
}

function invalid(message: string, hint: string): CacheFlag {
	return {kind: 'invalid', message, hint};
}
