import {stat} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, isDigest} from '../../analyzer/index.ts';
import {blobFile, type LayoutSelection, readLayoutBlob, selectFromLayout} from '../images/oci-layout.ts';
import type {Content} from '../images/registry-client.ts';
import type {CacheConfig} from './cache-config.ts';
import type {CacheReading, CacheSpec} from './cache-source.ts';
import {absentPart} from './content-source.ts';
import {importCache} from './import-cache.ts';

type LocalSpec = Extract<CacheSpec, {kind: 'local'}>;

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
		// Where index.json is no use, BuildKit's client goes on without this cache.
		return {
			kind: 'unreadable',
			spec,
			reason: `cache "${spec.dir}" cannot be used: ${selection.reason}`,
			contents: 'none',
		};
	}

	const read = (digest: Digest): Promise<Content> => readLayoutBlob(dir, digest);
	const manifest = await read(selection.digest);
	const imported =
		manifest.kind === 'found'
			? await importCache(manifest.bytes, {manifest: read, blob: read})
			: absentPart(`its manifest ${selection.digest}`, manifest);
	const damage = imported.kind === 'imported' ? await damagedLayer(imported.config, dir) : undefined;
	return imported.kind === 'imported' && damage === undefined
		? {kind: 'found', spec, config: imported.config}
		: {
				kind: 'unreadable',
				spec,
				reason: `cache "${spec.dir}" cannot be used: ${imported.kind === 'imported' ? damage : imported.reason}`,
				contents: imported.kind === 'imported' ? 'none' : imported.contents,
			};
}

/**
 * The first layer that is not there or has not the size that its manifest says, as after a write that was cut off. BuildKit
 * would take its record and fail when it pulls, so nothing of such a cache is used.
 */
async function damagedLayer({records, layers}: CacheConfig, dir: string): Promise<string | undefined> {
	const used = new Set(records.flatMap(({results}) => results.flatMap(({chain}) => chain)));
	for (const index of used) {
		const layer = layers[index];
		const info = layer === undefined ? undefined : await stat(blobFile(dir, layer.blob)).catch(() => undefined);
		if (layer !== undefined && (info?.isFile() !== true || info.size !== (layer.size ?? info.size))) {
			const what = info === undefined ? 'is not there' : `has ${info.size} bytes instead of ${layer.size}`;
			return `its layer ${layer.blob} ${what}; "cachecast cache verify" says all that is wrong with it, "cachecast cache prune" removes it`;
		}
	}

	return undefined;
}

async function select({tag, attributes}: LocalSpec, dir: string): Promise<LayoutSelection> {
	const {digest} = attributes;
	if (!digest) {
		return selectFromLayout(dir, tag);
	}

	return isDigest(digest)
		? {kind: 'digest', digest}
		: {kind: 'failed', reason: `"${digest}" is not a digest; correct it or leave it out`};
}
