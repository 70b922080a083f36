import {familiarReference, parseReference, withDefaultTag} from '../../analyzer/index.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {CacheReading, CacheSpec} from './cache-source.ts';
import {importCache} from './import-cache.ts';

type RegistrySpec = Extract<CacheSpec, {kind: 'registry'}>;

/** Reads a `type=registry` cache, or the inline cache of an image. Source: BuildKit cache/remotecache/registry/registry.go. */
export async function readRegistryCache(spec: RegistrySpec, client: RegistryClient): Promise<CacheReading> {
	const parsed = parseReference(spec.ref);
	if (parsed.kind === 'invalid') {
		return {kind: 'unreadable', spec, reason: parsed.message, contents: 'none'};
	}

	const reference: RegistryReference = {...withDefaultTag(parsed.reference), insecure: isInsecure(spec)};
	const resolution = await client.resolve(reference);
	if (resolution.kind === 'missing') {
		return {kind: 'missing', spec};
	}

	if (resolution.kind === 'failed') {
		return {kind: 'unreadable', spec, reason: resolution.reason, contents: 'unknown'};
	}

	const imported = await importCache(resolution.bytes, {
		manifest: digest => client.manifest(reference, digest),
		blob: digest => client.blob(reference, digest),
	});
	return imported.kind === 'imported'
		? {kind: 'found', spec, config: imported.config, ...(imported.images !== undefined && {images: imported.images})}
		: {
				kind: 'unreadable',
				spec,
				reason: `cache "${familiarReference(reference)}" cannot be used: ${imported.reason}`,
				contents: imported.contents,
			};
}

/** Where a `type=registry` cache is; undefined when its ref is none. */
export function registryReference(spec: RegistrySpec): RegistryReference | undefined {
	const parsed = parseReference(spec.ref);
	return parsed.kind === 'invalid' ? undefined : {...withDefaultTag(parsed.reference), insecure: isInsecure(spec)};
}

/** Go's strconv.ParseBool on `registry.insecure`. */
function isInsecure({attributes}: RegistrySpec): boolean {
	return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(attributes['registry.insecure'] ?? '');
}
