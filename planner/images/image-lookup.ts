import {type BaseImage, type BaseImageResult, type ImageRequest, imageKey} from '../../analyzer/index.ts';
import {resolveBaseImage, resolveLayoutImage} from './base-image.ts';
import {isLayoutReference} from './layout-reference.ts';
import type {RegistryClient} from './registry-client.ts';

/** Who told what an image reference points at; `disk`: it was read from a registry in an earlier run, by digest. */
export type ImageOrigin = 'registry' | 'engine' | 'layout' | 'disk';

/** What came of looking an image up. */
export type ImageLookup =
	| (Extract<BaseImageResult, {readonly kind: 'resolved'}> & {readonly origin: ImageOrigin})
	| Extract<BaseImageResult, {readonly kind: 'unresolved'}>;

/** Looks one image up. */
export type LookUpImage = (image: Pick<ImageRequest, 'reference' | 'platform'>) => Promise<ImageLookup>;

export interface ImagePlaces {
	readonly client: RegistryClient;
	/** The folder that paths of OCI layouts start from. */
	readonly cwd: string;
	/** The builder's own image of a name, which it takes without asking a registry. */
	readonly localImage?: (reference: string) => Promise<BaseImage | undefined>;
}

/**
 * Looks images up, each once: an OCI layout in its folder, else the image the builder has of that name, whatever its tag
 * points at by now (buildx build/opt.go), else in its registry.
 */
export function imageLookup({client, cwd, localImage}: ImagePlaces): LookUpImage {
	const lookUp: LookUpImage = async ({reference, platform}) => {
		if (isLayoutReference(reference)) {
			return resolveLayoutImage(reference, cwd, platform);
		}

		const image = await localImage?.(reference);
		return image === undefined
			? resolveBaseImage(client, reference, platform)
			: {kind: 'resolved', image, origin: 'engine'};
	};
	const known = new Map<string, Promise<ImageLookup>>();
	return request => {
		const key = imageKey(request.reference, request.platform);
		const result = known.get(key) ?? lookUp(request);
		known.set(key, result);
		return result;
	};
}
