import {groupOf, type Rule} from '../../../planner/index.ts';

/** The version of the JSON of `lint --list`; fields may be added within one version, none is removed or changed. */
export const rulesSchemaVersion = 1;

/** All rules as data, as `cli/schemas/rules.schema.json` describes them. */
export function rulesJson(rules: readonly Rule[]): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: rulesSchemaVersion,
		rules: rules.map(rule => ({
			name: rule.name,
			group: groupOf(rule),
			severity: rule.severity,
			summary: rule.summary,
		})),
	};
}
