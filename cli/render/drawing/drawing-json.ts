import type {Drawing} from './drawing.ts';

/** The version of the graph's JSON; fields may be added within one version. */
export const graphSchemaVersion = 1;

/** A drawing as data, as `cli/schemas/graph.schema.json` describes it. */
export function drawingJson(
	{nodes, edges}: Drawing,
	place: {readonly dockerfile: string; readonly context: string},
): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: graphSchemaVersion,
		dockerfile: place.dockerfile,
		context: place.context,
		nodes: nodes.map(({id, kind, label, details, isTarget, isUnneeded, group}) => ({
			id,
			kind,
			label,
			details,
			target: isTarget,
			needed: !isUnneeded,
			stage: group ?? null,
		})),
		edges,
	};
}
