import type {CacheConfig, CacheLayer, CacheLink, CacheResult} from '../caches/cache-config.ts';
import {layerList} from '../caches/layer-list.ts';
import {linkedFirst} from '../caches/record-order.ts';

/** A record of the merged cache while it is put together. */
interface MergedRecord {
	readonly digest: string;
	readonly inputs: readonly (readonly CacheLink[])[];
	readonly results: Map<string, CacheResult>;
}

/**
 * The caches of several images as one. Records that have the same digest and the same links are one record with the
 * results of all; every other stays as it is, so a step matches exactly the records that it matches in the single
 * caches. What links to a record of one image can then have its layers from another, without a second cache in which
 * BuildKit may look instead (moby/buildkit#6418). The records of each cache must have no loop, as those that were read.
 */
export function mergeCaches(caches: readonly CacheConfig[]): CacheConfig {
	const records: MergedRecord[] = [];
	const known = new Map<string, number>();
	const table = layerList<CacheLayer>();
	for (const cache of caches) {
		const places = new Map<number, number>();
		for (const index of linkedFirst(cache.records)) {
			const record = cache.records[index];
			if (record === undefined) {
				continue;
			}

			const inputs = record.inputs.map(links =>
				links.map(link => ({...link, link: places.get(link.link) ?? -1})).sort(compareLinks),
			);
			const key = JSON.stringify([record.digest, inputs]);
			const place = known.get(key) ?? records.push({digest: record.digest, inputs, results: new Map()}) - 1;
			known.set(key, place);
			places.set(index, place);
			for (const {chain, ...result} of record.results) {
				const merged = table.chain(chain.flatMap(at => cache.layers[at] ?? []));
				records[place]?.results.set(JSON.stringify([merged, result.createdAt]), {...result, chain: merged});
			}
		}
	}

	return {
		layers: table.layers,
		records: records.map(({digest, inputs, results}) => ({digest, inputs, results: [...results.values()]})),
	};
}

function compareLinks(a: CacheLink, b: CacheLink): number {
	return a.link - b.link || ((a.selector ?? '') < (b.selector ?? '') ? -1 : 1);
}
