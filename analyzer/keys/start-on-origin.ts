import type {BaseImage} from '../graph/base-image.ts';
import type {Origin} from '../graph/origin.ts';
import type {Platform} from '../graph/platform.ts';
import {formatReference, parseReference, withDefaultTag} from '../graph/reference.ts';
import {type ImageTable, imageKey} from './images.ts';
import type {LoweringContext} from './lowering.ts';
import {type StageState, scratchConfig, startOnImage} from './stage-state.ts';
import type {UnknownVertex, Vertex} from './vertex.ts';

type ImageOrigin = Extract<Origin, {readonly kind: 'image'}>;

/**
 * The state in which a stage starts on anything but another stage, for one platform (BuildKit convert.go
 * resolveBaseImage, frontend/dockerui/namedcontext.go). `state.unresolved` tells why an image is not known.
 */
export function startOnOrigin(
	origin: Exclude<Origin, {readonly kind: 'stage'}>,
	platform: Platform,
	images: ImageTable,
	context: LoweringContext,
): StageState {
	switch (origin.kind) {
		case 'scratch': {
			return startOnImage(undefined, scratchConfig, platform);
		}

		case 'image': {
			return startOnImageOrigin(origin, platform, images, context);
		}

		case 'folder': {
			return startOnImage(context.intern<Vertex>({kind: 'context', name: origin.context}), scratchConfig, platform);
		}

		case 'remote': {
			const cause = `what the context "${origin.context}" holds is known only when ${origin.location} is fetched`;
			return startOnUnknown(cause, platform, context);
		}
	}
}

function startOnImageOrigin(
	origin: ImageOrigin,
	platform: Platform,
	images: ImageTable,
	context: LoweringContext,
): StageState {
	const {reference} = origin;
	const result = images.get(imageKey(reference, platform));
	if (result?.kind !== 'resolved') {
		const reason = result?.reason ?? 'it was not looked up';
		return startOnUnknown(`base image ${reference} is not known: ${reason}`, platform, context);
	}

	const {image} = result;
	const vertex =
		image.diffIds.length === 0
			? undefined
			: context.intern<Vertex>({kind: 'image', reference, identifier: identifierOf(origin, image), image, platform});
	return startOnImage(vertex, image.config, platform);
}

function startOnUnknown(cause: string, platform: Platform, context: LoweringContext): StageState {
	const vertex = context.intern<UnknownVertex>({kind: 'unknown', cause, inputs: []});
	return {...startOnImage(vertex, scratchConfig, platform), unresolved: cause};
}

// FROM pins what it resolved, a named context does not; an image of a layout has the context's name (dockerui/namedcontext.go).
function identifierOf({reference, context}: ImageOrigin, {digest}: BaseImage): string {
	const parsed = parseReference(reference);
	if (parsed.kind === 'invalid') {
		return `${context}@${digest}`;
	}

	const full = withDefaultTag(parsed.reference);
	return formatReference(context === undefined ? {...full, digest} : full);
}
