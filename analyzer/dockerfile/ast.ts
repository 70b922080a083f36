import {DockerfileParser, ModifiableInstruction} from 'dockerfile-ast';
import type {Range} from './source.ts';

/** What dockerfile-ast says of one instruction; positions count from 1. */
export interface AstInstruction {
	readonly keyword: string;
	readonly keywordRange: Range;
	readonly range: Range;
	readonly flags: readonly {readonly name: string; readonly range: Range}[];
}

type ZeroBased = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInstructions']>[number] extends {
	getRange(): infer AstRange;
}
	? AstRange
	: never;

/**
 * The instructions dockerfile-ast finds in a text; none where it fails. Only boundaries, keywords and flags are asked
 * for: its arguments, heredocs and variables differ from BuildKit's, and resolving variables may never end.
 */
export function parseAst(text: string): readonly AstInstruction[] {
	try {
		return DockerfileParser.parse(text)
			.getInstructions()
			.map(instruction => ({
				keyword: instruction.getInstruction(),
				keywordRange: toRange(instruction.getInstructionRange()),
				range: toRange(instruction.getRange()),
				flags:
					instruction instanceof ModifiableInstruction
						? instruction.getFlags().map(flag => ({name: flag.getName(), range: toRange(flag.getRange())}))
						: [],
			}));
	} catch {
		// A text it cannot read is read without it.
		return [];
	}
}

function toRange({start, end}: ZeroBased): Range {
	return {
		start: {line: start.line + 1, column: start.character + 1},
		end: {line: end.line + 1, column: end.character + 1},
	};
}
