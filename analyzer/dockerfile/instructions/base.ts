import {toFlags} from '../flags.ts';
import type {InstructionBase} from '../instruction.ts';
import {positionAt, rangeOf, type Span} from '../logical-line.ts';
import {type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import type {Word} from '../source.ts';

/** What every instruction carries. */
export function baseOf({statement, line, original, heredocs, comments}: Node): InstructionBase {
	const {keyword, flags} = statement;
	return {
		keyword: keyword.text,
		keywordRange: rangeOf(line, keyword),
		range: {start: positionAt(line, keyword.start), end: {line: line.endLine, column: line.endColumn}},
		text: original,
		flags: toFlags(line, flags),
		heredocs,
		comments,
	};
}

/** A piece of the line as a word of the file. */
export function wordOf({line}: Node, span: Span): Word {
	return {text: span.text, range: rangeOf(line, span)};
}

/** The only argument of an instruction that takes exactly one. */
export function onlyArgument({statement}: Node): Span | Mistake {
	const [argument, second] = statement.args;
	if (argument === undefined || second !== undefined) {
		return mistake(second ?? statement.keyword, `${nameOf(statement.keyword)} requires exactly one argument`);
	}

	return argument;
}

/** The mistake of an instruction that needs an argument and has none. */
export function noArgument({statement}: Node): Mistake {
	return mistake(statement.keyword, `${nameOf(statement.keyword)} requires at least one argument`);
}

/** The keyword for messages. */
export function nameOf(keyword: Span): string {
	return keyword.text.toUpperCase();
}
