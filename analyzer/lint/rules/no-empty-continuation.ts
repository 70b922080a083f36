import type {FileRule} from '../rule.ts';

/**
 * BuildKit passes over empty lines inside a continued instruction, and has announced that it will refuse them. It tells
 * while parsing (parser/parser.go), so the scanner has found them; a comment line between two parts is fine.
 */
export const noEmptyContinuation: FileRule = {
	kind: 'file',
	name: 'NoEmptyContinuation',
	severity: 'warning',
	summary: 'A continued instruction should have no empty lines inside',
	wholeFile: true,
	whileReading: true,
	*check({dockerfile}) {
		for (const warning of dockerfile.warnings) {
			if (warning.rule === noEmptyContinuation.name) {
				yield {...warning, message: 'empty line inside a continued instruction'};
			}
		}
	},
};
