import {chompLeadingTabs, type HeredocWord} from './heredoc.ts';
import type {Heredoc} from './instruction.ts';
import type {LineReader, PhysicalLine} from './physical-line.ts';

/** The bodies, and the last line read; or the heredoc that the file ends in. */
export type BodiesResult =
	| {readonly kind: 'read'; readonly heredocs: readonly Heredoc[]; readonly last: PhysicalLine | undefined}
	| {readonly kind: 'unterminated'; readonly heredoc: HeredocWord};

/** Reads the bodies of heredocs from the lines that follow, one after the other. */
export function readHeredocs(text: string, words: readonly HeredocWord[], reader: LineReader): BodiesResult {
	const heredocs: Heredoc[] = [];
	let last: PhysicalLine | undefined;
	for (const heredoc of words) {
		const body = readBody(text, heredoc, reader);
		if (body === undefined) {
			return {kind: 'unterminated', heredoc};
		}

		heredocs.push({...heredoc, content: body.content});
		last = body.terminator;
	}

	return {kind: 'read', heredocs, last};
}

function readBody(
	text: string,
	{name, chomp}: HeredocWord,
	reader: LineReader,
): {readonly content: string; readonly terminator: PhysicalLine} | undefined {
	let start: number | undefined;
	for (let line = reader.next(); line !== undefined; line = reader.next()) {
		start ??= line.start;
		const content = text.slice(line.start, line.end);
		if ((chomp ? chompLeadingTabs(content) : content) === name) {
			return {content: text.slice(start, line.start), terminator: line};
		}
	}

	return undefined;
}
