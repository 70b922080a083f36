import {
	type BuildOptions,
	type Diagnostic,
	type Dialect,
	type Dockerfile,
	didYouMean,
	type ImageRequest,
	type ImageTriggers,
	imageKey,
	imageTriggers,
	requiredImages,
	resolveStages,
	type StageGraph,
} from '../analyzer/index.ts';
import type {ImageLookup} from './images/image-lookup.ts';

/** The images that the needed stages name, and what their ONBUILD adds. */
export interface Looked {
	readonly kind: 'looked-up';
	readonly requests: readonly ImageRequest[];
	readonly images: ReadonlyMap<string, ImageLookup>;
	readonly triggers: ImageTriggers;
}

export interface LookUpInput {
	readonly dockerfile: Dockerfile;
	readonly options: BuildOptions;
	/** In which the graph is resolved. */
	readonly dialect: Dialect;
	/** Asked once per image; may go to a registry. */
	readonly resolveImage: (request: ImageRequest) => Promise<ImageLookup>;
}

export type LookUpResult = Looked | {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * Looks up every image that the target needs: ONBUILD of a base can use further stages, those further images, and so on
 * (dockerfile2llb resolveStages).
 */
export async function lookUpImages({dockerfile, options, dialect, resolveImage}: LookUpInput): Promise<LookUpResult> {
	const images = new Map<string, ImageLookup>();
	let triggers: ImageTriggers = new Map();
	for (;;) {
		const resolved = resolveStages(dockerfile, options, dialect, triggers);
		if (resolved.kind === 'failed') {
			return resolved;
		}

		const {graph} = resolved;
		const requests = requiredImages(graph);
		const missing = requests.filter(request => !images.has(imageKey(request.reference, request.platform)));
		const results = await Promise.all(missing.map(request => resolveImage(request)));
		for (const [index, request] of missing.entries()) {
			images.set(imageKey(request.reference, request.platform), withStageHint(results[index], request, graph));
		}

		const found = imageTriggers(graph, images);
		if (found.kind === 'failed') {
			return found;
		}

		// Stages are only ever added, so an equal number of them means the same ones.
		if (found.triggers.size === triggers.size) {
			return {kind: 'looked-up', requests, images, triggers};
		}

		triggers = found.triggers;
	}
}

// A misspelt stage name is taken for an image, by BuildKit too.
function withStageHint(result: ImageLookup | undefined, {reference}: ImageRequest, {stages}: StageGraph): ImageLookup {
	if (result?.kind === 'resolved') {
		return result;
	}

	const reason = result?.reason ?? 'it was not looked up';
	const meant = didYouMean(
		reference,
		stages.flatMap(stage => stage.name ?? []),
	);
	return {kind: 'unresolved', reason: meant === undefined ? reason : `${reason}; no stage has this name, ${meant}`};
}
