import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, isDigest, sha256} from '../../analyzer/index.ts';
import {asArray, asObject, asString, member, parseJson} from '../json-value.ts';
import type {Content} from './registry-client.ts';

/** The manifest that a tag names in an OCI layout. Nothing here throws. */
export type LayoutSelection =
	| {readonly kind: 'digest'; readonly digest: Digest}
	/** No folder, no index.json, or no such tag; `only`: the one manifest there is. */
	| {readonly kind: 'missing'; readonly only?: Digest}
	| {readonly kind: 'failed'; readonly reason: string};

/** Larger blobs are layers: nothing that is read here. */
const maxBlobBytes = 16 << 20;

/** Looks a tag up in the index.json of a folder: by full image name, then by reference name (BuildKit client/ociindex/ociindex.go). */
export async function selectFromLayout(dir: string, tag: string): Promise<LayoutSelection> {
	const file = path.join(dir, 'index.json');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		return isAbsent(error)
			? {kind: 'missing'}
			: {kind: 'failed', reason: `index.json cannot be read (${errorCode(error)}); check its permissions`};
	}

	const broken = {kind: 'failed', reason: 'its index.json is broken; delete the folder and write it again'} as const;
	const manifests = asArray(member(parseJson(text), 'manifests') ?? []);
	if (asObject(parseJson(text)) === undefined || manifests === undefined) {
		return broken;
	}

	const named = (annotation: string): unknown =>
		manifests.find(manifest => member(member(manifest, 'annotations'), annotation) === tag);
	const entry = named('io.containerd.image.name') ?? named('org.opencontainers.image.ref.name');
	const found = asString(member(entry ?? (manifests.length === 1 ? manifests[0] : undefined), 'digest'));
	if (entry !== undefined) {
		return found !== undefined && isDigest(found) ? {kind: 'digest', digest: found} : broken;
	}

	return {kind: 'missing', ...(found !== undefined && isDigest(found) && {only: found})};
}

/** Reads a manifest or config out of a folder and checks it against its digest. */
export async function readLayoutBlob(dir: string, digest: Digest): Promise<Content> {
	const file = blobFile(dir, digest);
	try {
		const {size} = await stat(file);
		if (size > maxBlobBytes) {
			return {kind: 'failed', reason: `blob ${digest} is too large for a config; write it again`};
		}

		const bytes = await readFile(file);
		return sha256(bytes) === digest
			? {kind: 'found', bytes}
			: {kind: 'failed', reason: `blob ${digest} is damaged; write it again`, isDamaged: true};
	} catch (error) {
		return isAbsent(error)
			? {kind: 'missing'}
			: {kind: 'failed', reason: `blob ${digest} cannot be read (${errorCode(error)}); check its permissions`};
	}
}

/** The file of a blob in a folder. */
export function blobFile(dir: string, digest: Digest): string {
	return path.join(dir, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

function isAbsent(error: unknown): boolean {
	return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

function errorCode(error: unknown): string {
	return asString(member(error, 'code')) ?? 'unknown error';
}
