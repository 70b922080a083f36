import {type ComparedCaches, comparedReason} from './compare-text.ts';

/** The version of the JSON of two caches compared; fields may be added within one version, none is removed or changed. */
export const compareSchemaVersion = 1;

/** The same as data: `cli/schemas/compare.schema.json`. */
export function comparisonJson({from, to, steps}: ComparedCaches): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: compareSchemaVersion,
		from,
		to,
		steps: steps.map(compared => {
			const {step, change, differences} = compared;
			const {id, line, stage, text} = step;
			return {id, line, stage, text, change, reason: comparedReason(compared) ?? null, differences};
		}),
	};
}
