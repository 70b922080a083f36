import type {Digest} from '../keys/digest.ts';
import type {Platform} from './platform.ts';

/** The parts of an image's config that the steps built on it can see. */
export interface BaseImageConfig {
	/** `K=V` entries in order. */
	readonly env: readonly string[];
	readonly workingDir: string;
	readonly user: string;
	/** SHELL of the base, when it set one. */
	readonly shell?: readonly string[];
	/** ONBUILD triggers, to be run by the stage built on it. */
	readonly onBuild: readonly string[];
}

/** An image that a FROM, COPY --from or mount names, as resolved for one platform. */
export interface BaseImage {
	/** What the reference points at: the index digest when the tag is an index (BuildKit source/containerimage/pull.go). */
	readonly digest: Digest;
	/** Uncompressed layer digests, lowest first. */
	readonly diffIds: readonly Digest[];
	/** Compressed layers as the manifest lists them, lowest first, sizes in bytes: what a pull has to fetch. */
	readonly layers?: readonly {readonly digest: Digest; readonly size: number}[];
	/** Platform from the image's config. */
	readonly platform: Platform;
	readonly config: BaseImageConfig;
}

/** What is known of a base image before the build. */
export type BaseImageResult =
	| {readonly kind: 'resolved'; readonly image: BaseImage}
	| {readonly kind: 'unresolved'; readonly reason: string};
