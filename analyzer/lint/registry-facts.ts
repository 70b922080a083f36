import type {Platform} from '../graph/platform.ts';
import type {Digest} from '../keys/digest.ts';

/** What registries say about the images of a file, by their references as the build uses them. */
export type RegistryFacts = ReadonlyMap<string, ImageFacts>;

/** What a registry says about an image. */
export type ImageFacts =
	| {
			readonly kind: 'served';
			/** The platforms it has; absent for one that does not tell. */
			readonly platforms?: readonly Platform[];
			/** The reference names one image, no index of several. */
			readonly isSingle: boolean;
			/** The platforms that the build needs it for and that it has nothing for. */
			readonly lacking: readonly Platform[];
			/** How many platforms are built. */
			readonly built: number;
			/** What its tag points at by now, where that is not what is pinned. */
			readonly moved?: MovedTag;
	  }
	| {readonly kind: 'missing'}
	/** It could not be told, for the reason in one sentence. */
	| {readonly kind: 'open'; readonly reason: string};

export interface MovedTag {
	/** With its tag, without a digest. */
	readonly image: string;
	readonly digest: Digest;
	/** By how many days it is younger than what is pinned, as far as both tell. */
	readonly days?: number;
}
