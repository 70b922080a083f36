import {type AstInstruction, parseAst} from './ast.ts';
import type {Instruction} from './instruction.ts';
import type {Range} from './source.ts';

/** Above this dockerfile-ast takes too long, and so the scanner's ranges stand alone. */
const MAX_LENGTH = 50_000;

/**
 * Holds the ranges of instructions against those of dockerfile-ast. Where both see the same instruction, its keyword and
 * its flags are placed as dockerfile-ast places them; where they differ, the scanner is right: it follows BuildKit.
 */
export function confirmRanges(text: string): <Kind extends Instruction>(instruction: Kind) => Kind {
	const found = new Map<string, AstInstruction>();
	// It also ends lines at lone carriage returns, and then takes one line for another.
	if (text.length <= MAX_LENGTH && !/\r(?!\n)/.test(text)) {
		for (const instruction of parseAst(text)) {
			found.set(keyOf(instruction.keyword, instruction.keywordRange), instruction);
		}
	}

	return instruction => {
		const ast = found.get(keyOf(instruction.keyword, instruction.keywordRange));
		if (ast === undefined || ast.range.end.line !== instruction.range.end.line) {
			return instruction;
		}

		const flags = instruction.flags.map((flag, index) => {
			const other = ast.flags[index];
			return other?.name === flag.name && sameStart(other.range, flag.range) ? {...flag, range: other.range} : flag;
		});
		return {...instruction, keywordRange: ast.keywordRange, flags};
	};
}

function keyOf(keyword: string, {start, end}: Range): string {
	return `${keyword} ${start.line}:${start.column}-${end.line}:${end.column}`;
}

function sameStart(first: Range, second: Range): boolean {
	return first.start.line === second.start.line && first.start.column === second.start.column;
}
