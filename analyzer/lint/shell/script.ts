import {parseHeredocWord} from '../../dockerfile/heredoc.ts';
import type {Dockerfile, RunInstruction} from '../../dockerfile/instruction.ts';
import {positionAt} from '../../dockerfile/logical-line.ts';
import type {Position} from '../../dockerfile/source.ts';
import {logicalLineAt} from './source-lines.ts';

/** What a shell is given by a RUN, and where each of its characters stands in the file. */
export interface Script {
	readonly text: string;
	place(offset: number): Position;
}

/** The script of a RUN in shell form; nothing for one that another interpreter reads. */
export function scriptOf(dockerfile: Dockerfile, run: RunInstruction): Script | undefined {
	const {command, heredocs, keywordRange} = run;
	if (command.form === 'exec') {
		return undefined;
	}

	const line = logicalLineAt(dockerfile, keywordRange.start.line);
	const [document] = heredocs;
	if (document !== undefined && parseHeredocWord(command.text).kind === 'heredoc') {
		const first = (line?.endLine ?? keywordRange.start.line) + 1;
		return isOtherScript(document.content)
			? undefined
			: {text: document.content, place: placeFrom(document.content, first)};
	}

	const at = line?.text.lastIndexOf(command.text) ?? -1;
	return line === undefined || at === -1
		? {text: command.text, place: () => keywordRange.start}
		: {text: command.text, place: offset => positionAt(line, at + offset)};
}

/** A document whose first line names an interpreter that is no shell. */
function isOtherScript(content: string): boolean {
	const interpreter = /^#!([^\n]*)/.exec(content.trimStart())?.[1];
	return interpreter !== undefined && !/(?:^|[/\s])(?:ba|da|a|z|k)?sh(?:\s|$)/.test(interpreter);
}

/** Where the characters of a text stand that begins in the first column of a line. */
function placeFrom(text: string, firstLine: number): (offset: number) => Position {
	const starts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
		starts.push(at + 1);
	}

	return offset => {
		let low = 0;
		let high = starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((starts[middle] ?? 0) <= offset) {
				low = middle;
			} else {
				high = middle - 1;
			}
		}

		return {line: firstLine + low, column: offset - (starts[low] ?? 0) + 1};
	};
}
