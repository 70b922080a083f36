import type {CacheReading} from '../caches/cache-source.ts';
import {findLostLayers} from '../caches/lost-layers.ts';
import type {CacheAccess} from '../caches/read-cache.ts';
import {counts, type ListedCache} from './list.ts';
import {storedRecords} from './stored-record.ts';
import type {Verification} from './verify.ts';

type FoundCache = Extract<CacheReading, {readonly kind: 'found'}>;

/** What a cache of a registry amounts to; `bytes` are those of its layers. */
export function listReading({spec, config}: FoundCache): ListedCache {
	const layers = new Map(config.layers.map(layer => [layer.blob, layer.size ?? 0]));
	return {
		tag: spec.kind === 'registry' ? spec.ref : '',
		kind: 'cache',
		...counts(storedRecords(config, () => 0)),
		bytes: [...layers.values()].reduce((sum, size) => sum + size, 0),
	};
}

/** Looks whether the registry has every layer, with the size that the manifest says; nothing is read. */
export async function verifyReading(reading: FoundCache, access: CacheAccess): Promise<Verification> {
	const {bytes} = listReading(reading);
	const blobs = new Set(reading.config.layers.map(layer => layer.blob));
	const lost = await findLostLayers([reading], blobs, access);
	const tag = reading.spec.kind === 'registry' ? reading.spec.ref : undefined;
	return {
		findings: [...lost].map(([blob, problem]) => ({
			kind: 'damage',
			...(tag !== undefined && {tag}),
			problem: `layer ${blob}: ${problem}`,
		})),
		blobs: blobs.size,
		bytes,
	};
}
