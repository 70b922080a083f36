import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, isDigest, sha256} from '../../analyzer/index.ts';
import type {Content} from '../images/registry-client.ts';
import {asArray, asObject, asString, member, parseJson} from '../json-value.ts';
import type {CacheReading, CacheSpec} from './cache-source.ts';
import {absenceReason} from './content-source.ts';
import {importCache} from './import-cache.ts';

type LocalSpec = Extract<CacheSpec, {kind: 'local'}>;

type Selection =
	| {readonly kind: 'digest'; readonly digest: Digest}
	| {readonly kind: 'missing'}
	| {readonly kind: 'failed'; readonly reason: string};

/** Larger blobs are layers: nothing that is read here. */
const maxBlobBytes = 16 << 20;

/**
 * Reads a `type=local` cache, an OCI layout: the manifest of attribute `digest`, else the one index.json has for the tag.
 * No folder, no index.json (BuildKit's client makes the folder when it looks for a cache) or no such tag: no cache yet.
 * Source: BuildKit client/solve.go, client/ociindex/ociindex.go.
 */
export async function readLocalCache(spec: LocalSpec, cwd: string): Promise<CacheReading> {
	const dir = path.resolve(cwd, spec.dir);
	const selection = await select(spec, dir);
	if (selection.kind === 'missing') {
		return {kind: 'missing', spec};
	}

	if (selection.kind === 'failed') {
		return {kind: 'unreadable', spec, reason: `cache "${spec.dir}" cannot be used: ${selection.reason}`};
	}

	const read = (digest: Digest): Promise<Content> => readBlob(dir, digest);
	const manifest = await read(selection.digest);
	const imported =
		manifest.kind === 'found'
			? await importCache(manifest.bytes, {manifest: read, blob: read})
			: {kind: 'failed' as const, reason: absenceReason(`its manifest ${selection.digest}`, manifest)};
	return imported.kind === 'imported'
		? {kind: 'found', spec, config: imported.config}
		: {kind: 'unreadable', spec, reason: `cache "${spec.dir}" cannot be used: ${imported.reason}`};
}

async function select({tag, attributes}: LocalSpec, dir: string): Promise<Selection> {
	const {digest} = attributes;
	if (digest) {
		return isDigest(digest)
			? {kind: 'digest', digest}
			: {kind: 'failed', reason: `"${digest}" is not a digest; correct it or leave it out`};
	}

	const file = path.join(dir, 'index.json');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		return isAbsent(error)
			? {kind: 'missing'}
			: {kind: 'failed', reason: `index.json cannot be read (${errorCode(error)}); check its permissions`};
	}

	const manifests = asArray(member(parseJson(text), 'manifests') ?? []);
	if (asObject(parseJson(text)) === undefined || manifests === undefined) {
		return {kind: 'failed', reason: 'its index.json is broken; delete the folder and write the cache again'};
	}

	const named = (annotation: string): unknown =>
		manifests.find(manifest => member(member(manifest, 'annotations'), annotation) === tag);
	const entry = named('io.containerd.image.name') ?? named('org.opencontainers.image.ref.name');
	if (entry === undefined) {
		return {kind: 'missing'};
	}

	const found = asString(member(entry, 'digest')) ?? '';
	return isDigest(found)
		? {kind: 'digest', digest: found}
		: {kind: 'failed', reason: 'its index.json is broken; delete the folder and write the cache again'};
}

async function readBlob(dir: string, digest: Digest): Promise<Content> {
	const file = path.join(dir, 'blobs', 'sha256', digest.slice('sha256:'.length));
	try {
		const {size} = await stat(file);
		if (size > maxBlobBytes) {
			return {kind: 'failed', reason: `blob ${digest} is too large for a config; write the cache again`};
		}

		const bytes = await readFile(file);
		return sha256(bytes) === digest
			? {kind: 'found', bytes}
			: {kind: 'failed', reason: `blob ${digest} is damaged; write the cache again`};
	} catch (error) {
		return isAbsent(error)
			? {kind: 'missing'}
			: {kind: 'failed', reason: `blob ${digest} cannot be read (${errorCode(error)}); check its permissions`};
	}
}

function isAbsent(error: unknown): boolean {
	return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

function errorCode(error: unknown): string {
	return asString(member(error, 'code')) ?? 'unknown error';
}
