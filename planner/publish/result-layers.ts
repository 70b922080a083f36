import type {Digest, Vertex} from '../../analyzer/index.ts';
import type {StepForecast} from '../forecast.ts';

/**
 * The layers that the image of a target will have, lowest first, as the caches hold them; undefined unless every step
 * hits and the last one with its layers.
 */
export function resultLayers(
	forecasts: readonly StepForecast[],
	output: Vertex | undefined,
): readonly Digest[] | undefined {
	if (forecasts.some(({outcome}) => outcome !== 'hit' && outcome !== 'none')) {
		return undefined;
	}

	if (output === undefined) {
		return [];
	}

	if (output.kind === 'image') {
		return output.image.layers?.map(({digest}) => digest);
	}

	return forecasts
		.find(({step, result}) => step.vertex === output && result !== undefined)
		?.result?.layers.map(({blob}) => blob);
}
