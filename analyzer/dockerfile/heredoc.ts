import {emptyEnvironment, expandWords} from './expand.ts';
import type {Heredoc} from './instruction.ts';
import {quote} from './quote.ts';

/** What a frontend makes of `<<name`: nothing, of COPY and ADD an empty file, or the lines that follow. */
export type Heredocs = 'none' | 'words' | 'read';

/** What `<<name` announces; the body is still to be read. */
export type HeredocWord = Omit<Heredoc, 'content'>;

export type HeredocWordResult =
	| {readonly kind: 'heredoc'; readonly heredoc: HeredocWord}
	| {readonly kind: 'none'}
	| {readonly kind: 'failed'; readonly message: string};

const NONE: HeredocWordResult = {kind: 'none'};

/**
 * Reads one word as the start of a heredoc: `<<name`, `<<-name`, `3<<name`, the name with or without quotes
 * (BuildKit parser/parser.go ParseHeredoc).
 */
export function parseHeredocWord(word: string): HeredocWordResult {
	const [, descriptor = '', dash, rest = ''] = /^(\d*)<<(-?)([^<]*)$/.exec(word) ?? [];
	const name = rest.replace(/^[\t\n\f\r ]+/, '');
	if (name === '') {
		return NONE;
	}

	const unquoted = expandWords(name, emptyEnvironment, {escape: '\\', skipUnsetEnv: true});
	if (unquoted.kind === 'failed') {
		return unquoted;
	}

	const [delimiter] = unquoted.words;
	if (delimiter === undefined || unquoted.words.length !== 1) {
		return NONE;
	}

	const quoted = expandWords(name, emptyEnvironment, {escape: '\\', skipUnsetEnv: true, rawQuotes: true});
	const raw = quoted.kind === 'expanded' ? quoted.words : [];
	if (raw.length !== 1) {
		return {kind: 'failed', message: `heredoc name ${quote(name)} cannot be read`};
	}

	return {
		kind: 'heredoc',
		heredoc: {
			name: delimiter,
			fileDescriptor: Number(descriptor),
			// A quote that is gone without raw quotes was a real one: the body is then taken as it is.
			expand: countQuotes(delimiter) === countQuotes(raw[0] ?? ''),
			chomp: dash === '-',
		},
	};
}

/** The heredocs a RUN, COPY or ADD announces, or why one of them cannot be read. */
export type HeredocWordsResult =
	| {readonly kind: 'heredocs'; readonly heredocs: readonly HeredocWord[]}
	| {readonly kind: 'failed'; readonly message: string};

/**
 * The heredocs a whole line announces, in order. The escape character is a backslash here, whatever the file says, and
 * a line with an open quote announces none (BuildKit parser/parser.go heredocsFromLine).
 */
export function parseHeredocWords(line: string): HeredocWordsResult {
	const heredocs: HeredocWord[] = [];
	if (!line.includes('<<')) {
		return {kind: 'heredocs', heredocs};
	}

	const options = {escape: '\\', rawQuotes: true, rawEscapes: true, skipUnsetEnv: true} as const;
	const fields = expandWords(line, emptyEnvironment, options);
	for (const word of fields.kind === 'expanded' ? fields.words : []) {
		const result = parseHeredocWord(word);
		if (result.kind === 'failed') {
			return result;
		}

		if (result.kind === 'heredoc') {
			heredocs.push(result.heredoc);
		}
	}

	return {kind: 'heredocs', heredocs};
}

/** A body without the tabs at the start of its lines, as `<<-` wants it. */
export function chompHeredoc(content: string): string {
	return content.replace(/(^|\n)\t+/g, '$1');
}

/** One line without the tabs at its start. */
export function chompLeadingTabs(line: string): string {
	return line.replace(/^\t+/, '');
}

function countQuotes(text: string): number {
	return text.replace(/[^'"]/g, '').length;
}
