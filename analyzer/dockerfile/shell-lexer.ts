import {createFields} from './shell-fields.ts';
import {lexParameter} from './shell-parameter.ts';
import {type Lexer, type LexFailure, tooLong} from './shell-state.ts';

/** BuildKit has no limit, but then no call stack that ends either; real words nest two or three deep. */
const MAX_DEPTH = 500;

/** The whole text as one word. */
export function lexWord(lexer: Lexer): string | LexFailure {
	return lexUntil(lexer, undefined, lexer.rawEscapes);
}

/** The whole text cut into words. */
export function lexWords(lexer: Lexer): readonly string[] | LexFailure {
	const fields = createFields();
	lexer.fields = fields;
	const text = lexUntil(lexer, undefined, lexer.rawEscapes);
	return typeof text === 'string' ? fields.finish() : text;
}

/** The part of a `${…}` up to `stop`, which is read too. Its words are nobody's. */
function lexNested(lexer: Lexer, stop: '}' | '/', rawEscapes: boolean): string | LexFailure {
	if (lexer.depth >= MAX_DEPTH) {
		return {message: 'substitutions are nested too deep'};
	}

	// BuildKit lends one buffer to all levels: a nested part throws away what the outer word had so far.
	lexer.fields?.discard();
	const {fields} = lexer;
	lexer.fields = undefined;
	lexer.depth++;
	const text = lexUntil(lexer, stop, rawEscapes);
	lexer.depth--;
	lexer.fields = fields;
	return text;
}

function lexUntil(lexer: Lexer, stop: '}' | '/' | undefined, rawEscapes: boolean): string | LexFailure {
	const outerRawEscapes = lexer.rawEscapes;
	lexer.rawEscapes = rawEscapes;
	const text = lexPieces(lexer, stop);
	lexer.rawEscapes = outerRawEscapes;
	return text;
}

function lexPieces(lexer: Lexer, stop: '}' | '/' | undefined): string | LexFailure {
	let result = '';
	while (lexer.at < lexer.text.length) {
		const char = lexer.text.charAt(lexer.at);
		if (char === stop) {
			lexer.at++;
			return result;
		}

		const special = lexSpecial(lexer, char);
		if (typeof special === 'object') {
			return special;
		}

		if (special === undefined) {
			result += lexPlain(lexer, char, stop);
		} else {
			result += special;
			if (result.length > lexer.maxLength) {
				return tooLong;
			}

			if (char === '$') {
				lexer.fields?.add(special);
			} else {
				lexer.fields?.addQuoted(special);
			}
		}
	}

	return stop === undefined
		? result
		: {message: `syntax error: unexpected end of statement while looking for matching ${stop}`};
}

function lexSpecial(lexer: Lexer, char: string): string | LexFailure | undefined {
	switch (char) {
		case '$':
			return lexParameter(lexer, lexNested);
		case '<':
			return lexPossibleHeredoc(lexer);
		case "'":
			return lexer.skipProcessQuotes ? undefined : lexSingleQuote(lexer);
		case '"':
			return lexer.skipProcessQuotes ? undefined : lexDoubleQuote(lexer);
		default:
			return undefined;
	}
}

/** A run of characters that mean themselves, or an escaped one; an escape character at the very end is dropped. */
function lexPlain(lexer: Lexer, char: string, stop: string | undefined): string {
	const start = lexer.at;
	lexer.at++;
	if (char !== lexer.escape) {
		while (lexer.at < lexer.text.length && isPlain(lexer, lexer.text.charAt(lexer.at), stop)) {
			lexer.at++;
		}

		const run = lexer.text.slice(start, lexer.at);
		lexer.fields?.add(run);
		return run;
	}

	const kept = lexer.rawEscapes ? char : '';
	const escaped = lexer.text.charAt(lexer.at);
	lexer.at++;
	lexer.fields?.addQuoted(kept + escaped);
	return kept + escaped;
}

function isPlain(lexer: Lexer, char: string, stop: string | undefined): boolean {
	return char !== stop && char !== lexer.escape && char !== '$' && char !== '<' && char !== "'" && char !== '"';
}

/** Nothing is special between single quotes, not even the escape character. */
function lexSingleQuote(lexer: Lexer): string | LexFailure {
	const end = lexer.text.indexOf("'", lexer.at + 1);
	if (end === -1) {
		lexer.at = lexer.text.length;
		const hint = 'close the quote, or put a text with an apostrophe in double quotes';
		return {message: 'unexpected end of statement while looking for matching single-quote', hint};
	}

	const inner = lexer.text.slice(lexer.at + 1, end);
	lexer.at = end + 1;
	return lexer.rawQuotes ? `'${inner}'` : inner;
}

/** Between double quotes variables are replaced, and only `"`, `$` and the escape character can be escaped. */
function lexDoubleQuote(lexer: Lexer): string | LexFailure {
	const quote = lexer.rawQuotes ? '"' : '';
	let result = quote;
	lexer.at++;
	while (lexer.at < lexer.text.length) {
		const char = lexer.text.charAt(lexer.at);
		if (char === '"') {
			lexer.at++;
			return result + quote;
		}

		if (char === '$') {
			const value = lexParameter(lexer, lexNested);
			if (typeof value === 'object') {
				return value;
			}

			result += value;
			if (result.length > lexer.maxLength) {
				return tooLong;
			}

			continue;
		}

		lexer.at++;
		result += char === lexer.escape ? lexQuotedEscape(lexer) : char;
	}

	const hint = `close the quote, or put "${lexer.escape}" before one that belongs to the text`;
	return {message: 'unexpected end of statement while looking for matching double-quote', hint};
}

function lexQuotedEscape(lexer: Lexer): string {
	const kept = lexer.rawEscapes ? lexer.escape : '';
	const next = lexer.text.charAt(lexer.at);
	if (next === '') {
		return kept;
	}

	if (next === '"' || next === '$' || next === lexer.escape) {
		lexer.at++;
		return kept + next;
	}

	return kept + lexer.escape;
}

/** `<<` and the blanks behind it stay together with the word that follows, so that a heredoc is one word. */
function lexPossibleHeredoc(lexer: Lexer): string {
	const start = lexer.at;
	lexer.at++;
	if (lexer.text[lexer.at] !== '<') {
		return '<';
	}

	do {
		lexer.at++;
	} while (/[\t\r ]/.test(lexer.text.charAt(lexer.at)));

	return lexer.text.slice(start, lexer.at);
}
