import type {CacheReading, CacheSpec} from './caches/cache-source.ts';
import {besideOwnImage, type OwnImage} from './caches/own-image.ts';
import {readCache} from './caches/read-cache.ts';
import type {RegistryClient} from './images/registry-client.ts';
import {readLedger} from './ledger/read-ledger.ts';
import {type BuiltPlaces, cachePlaces} from './stages/cache-places.ts';

/** How the builder gets at caches. */
export interface CacheSight {
	/** What relative folders start from. */
	readonly cwd: string;
	/** The build goes through the Docker Engine API: caches from registries only. */
	readonly viaEngineApi: boolean;
	/** The builder's own image of a name, where it takes that before one of a registry. */
	readonly ownCacheImage?: OwnImage;
}

/** Reads what is found under each `--cache-from`: its own cache, and those of single leaves that are there. */
export async function readCaches(
	specs: readonly CacheSpec[],
	places: BuiltPlaces,
	{cwd, viaEngineApi, ownCacheImage}: CacheSight,
	client: RegistryClient,
): Promise<readonly (readonly CacheReading[])[]> {
	const read = async (spec: CacheSpec): Promise<CacheReading> => {
		if (viaEngineApi && spec.kind !== 'registry') {
			return {
				kind: 'unsupported',
				spec,
				reason: 'the Docker Engine API takes caches from registries only',
				contents: 'none',
			};
		}

		const reading = await readCache(spec, {client, cwd});
		const ledger = reading.kind === 'found' ? await readLedger(spec, {client, cwd}) : undefined;
		const noted = ledger === undefined ? reading : {...reading, ledger};
		return ownCacheImage === undefined ? noted : besideOwnImage(noted, ownCacheImage);
	};
	return Promise.all(
		specs.map(async spec => {
			const wanted = cachePlaces(spec, places);
			const readings = await Promise.all(wanted.map(read));
			const found = readings.filter(reading => reading.kind === 'found');
			// Only what is used is handed to the builder, so others that cannot be read do not matter beside one that can.
			if (found.length > 0) {
				return found;
			}

			// Of what is not there, what the user wrote is told.
			const own = readings[0]?.kind === 'missing' ? Math.max(0, wanted.indexOf(spec)) : 0;
			return readings.slice(own, own + 1);
		}),
	);
}
