import type {PinnedFile} from '../../planner/index.ts';

/** The version of the JSON of `pin`; fields may be added within one version, none is removed or changed. */
export const pinSchemaVersion = 1;

/** Pins as data, as `cli/schemas/pin.schema.json` describes them. */
export function pinJson(files: readonly PinnedFile[], isWritten: boolean): Readonly<Record<string, unknown>> {
	return {
		schemaVersion: pinSchemaVersion,
		written: isWritten,
		files: files.map(({source, changes, failures}) => ({
			file: source.path,
			changes: changes.map(({range, image, from, to, days}) => ({
				line: range.start.line,
				column: range.start.column,
				image,
				from: from ?? null,
				to,
				daysNewer: days ?? null,
			})),
			failures: failures.map(({range, image, reason}) => ({
				line: range.start.line,
				column: range.start.column,
				image,
				reason,
			})),
		})),
	};
}
