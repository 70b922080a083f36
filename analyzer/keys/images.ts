import type {Range} from '../dockerfile/source.ts';
import type {BaseImageResult} from '../graph/base-image.ts';
import type {Origin} from '../graph/origin.ts';
import {formatPlatform, type Platform} from '../graph/platform.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';

/** An image that a build needs, for one platform. */
export interface ImageRequest {
	readonly reference: string;
	readonly platform: Platform;
	/** Where it is named first. */
	readonly range: Range;
}

/** What is known of each image, by `imageKey`. */
export type ImageTable = ReadonlyMap<string, BaseImageResult>;

/** The key of an image in an `ImageTable`. */
export function imageKey(reference: string, platform: Platform): string {
	return `${reference} ${formatPlatform(platform)}`;
}

/** The key of a stage's base image; `undefined` when its base is none. */
export function baseImageKey({base, platform}: Stage, {targetPlatform}: StageGraph): string | undefined {
	return base.kind === 'image' ? imageKey(base.reference, platform ?? targetPlatform) : undefined;
}

/** The images that the needed stages of a graph, or those given, name in FROM, COPY --from and mounts, each once. */
export function requiredImages(
	graph: StageGraph,
	stages: readonly Stage[] = graph.stages.filter(one => one.needed),
): readonly ImageRequest[] {
	const requests = new Map<string, ImageRequest>();
	const add = (origin: Origin | undefined, platform: Platform, range: Range) => {
		if (origin?.kind === 'image') {
			const key = imageKey(origin.reference, platform);
			requests.set(key, requests.get(key) ?? {reference: origin.reference, platform, range});
		}
	};

	for (const stage of stages) {
		add(stage.base, stage.platform ?? graph.targetPlatform, stage.source.from.image.range);
		for (const [instruction, origins] of stage.replaced ? [] : stage.origins) {
			for (const origin of origins) {
				add(origin, graph.targetPlatform, instruction.range);
			}
		}
	}

	return [...requests.values()];
}
