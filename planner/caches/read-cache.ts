import type {RegistryClient} from '../images/registry-client.ts';
import type {CacheReading, CacheSpec} from './cache-source.ts';
import {readLocalCache} from './local.ts';
import {readRegistryCache} from './registry.ts';

/** What the reading of caches needs from outside: a registry client, and the folder that relative paths start from. */
export interface CacheAccess {
	readonly client: RegistryClient;
	readonly cwd: string;
}

/** Reads the cache that a --cache-from names. A cache that cannot be read is an answer, not an exception. */
export async function readCache(spec: CacheSpec, {client, cwd}: CacheAccess): Promise<CacheReading> {
	switch (spec.kind) {
		case 'registry':
			return readRegistryCache(spec, client);
		case 'local':
			return readLocalCache(spec, cwd);
		case 'inline':
			return {
				kind: 'unsupported',
				spec,
				reason: 'an inline cache is in an image; name the image with type=registry,ref=<image>',
				contents: 'none',
			};
		case 'stages':
			throw new Error('internal: a cache of type "stages" is read by its images');
		case 'other':
			return {
				kind: 'unsupported',
				spec,
				reason: `a cache of type "${spec.type}" cannot be read from here, only by the builder`,
				contents: 'unknown',
			};
	}
}
