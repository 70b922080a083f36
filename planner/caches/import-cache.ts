import {cacheConfigType, type Descriptor, parseManifest} from '../images/manifest.ts';
import {parseCacheConfig} from './cache-config.ts';
import {absentPart, type CacheImport, type ContentSource, refused} from './content-source.ts';
import {importInlineCache} from './inline-cache.ts';

/** BuildKit refuses a larger cache manifest or cache config (cache/remotecache/import.go readBlob). */
const maxConfigBytes = 1 << 20;

/**
 * Reads a cache from its manifest: an image manifest whose config is a cache config (BuildKit 0.21 and later), an index
 * with a cache config among its entries (before), or an image with an inline cache. Source: BuildKit
 * cache/remotecache/import.go.
 */
export async function importCache(bytes: Uint8Array, source: ContentSource): Promise<CacheImport> {
	if (bytes.byteLength > maxConfigBytes) {
		return refused(
			'its manifest is larger than 1 MiB, which BuildKit refuses; write the cache again with fewer layers',
		);
	}

	const manifest = parseManifest(bytes);
	if (manifest.kind === 'invalid') {
		return refused(`its manifest cannot be used: ${manifest.problem}; write the cache again`);
	}

	const entries = manifest.kind === 'index' ? manifest.manifests : [manifest.config];
	// The last one counts, as in BuildKit.
	const config = entries.filter(({mediaType}) => mediaType === cacheConfigType).at(-1);
	if (config === undefined) {
		return importInlineCache(manifest, source);
	}

	const blobs = manifest.kind === 'index' ? manifest.manifests.filter(entry => entry !== config) : manifest.layers;
	return importConfig(config, blobs, source);
}

async function importConfig(
	config: Descriptor,
	blobs: readonly Descriptor[],
	source: ContentSource,
): Promise<CacheImport> {
	if (config.size > maxConfigBytes) {
		return refused('its config is larger than 1 MiB, which BuildKit refuses; write the cache again with fewer steps');
	}

	const content = await source.blob(config.digest);
	if (content.kind !== 'found') {
		return absentPart('its config', content);
	}

	const parsed = parseCacheConfig(
		new TextDecoder().decode(content.bytes),
		new Map(blobs.map(blob => [blob.digest, blob])),
	);
	return parsed.kind === 'parsed'
		? {kind: 'imported', config: parsed.config}
		: refused(`its config is corrupt (${parsed.message}); write the cache again`);
}
