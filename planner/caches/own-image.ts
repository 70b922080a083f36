import type {BaseImage} from '../../analyzer/index.ts';
import type {CacheReading} from './cache-source.ts';

/** Looks up the builder's own image of a name; undefined when there is none. */
export type OwnImage = (reference: string) => Promise<BaseImage | undefined>;

/**
 * The cache of a registry's image as a builder without the containerd image store sees it: an image of its own that has
 * the name stands in for it, with an inline cache of its own or none, and no registry is asked (moby
 * builder-next/adapters/localinlinecache/inlinecache.go, tryImportLocal). There an image's digest is that of its config.
 */
export async function besideOwnImage(reading: CacheReading, ownImage: OwnImage): Promise<CacheReading> {
	if (reading.kind !== 'found' || reading.spec.kind !== 'registry') {
		return reading;
	}

	const own = await ownImage(reading.spec.ref);
	return own === undefined || reading.images?.includes(own.digest) === true
		? reading
		: {
				kind: 'unreadable',
				spec: reading.spec,
				reason: `the builder takes its own image "${reading.spec.ref}" in its place, which is another; remove that with docker image rm`,
				contents: 'unknown',
			};
}
