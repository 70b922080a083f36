import type {Environment} from './environment.ts';
import {lexWord, lexWords} from './shell-lexer.ts';
import type {Lexer} from './shell-state.ts';
import {withoutEscapes} from './source-bytes.ts';

export {type Environment, emptyEnvironment} from './environment.ts';

/** How to read a word (BuildKit shell/lex.go Lex). */
export interface ExpandOptions {
	readonly escape: '\\' | '`';
	/** Quotes are understood and kept in the result. */
	readonly rawQuotes?: boolean;
	/** Escape characters are understood and kept in the result. */
	readonly rawEscapes?: boolean;
	/** A variable that is not set stays as it was written. */
	readonly skipUnsetEnv?: boolean;
	/** Quotes are characters like any other. */
	readonly skipProcessQuotes?: boolean;
}

/** Why a word cannot be expanded, in BuildKit's words, and what to do about it. */
export interface ExpandFailure {
	readonly kind: 'failed';
	readonly message: string;
	readonly hint?: string;
}

/** The text, and the names that were looked up: `matched` are set, `unmatched` are not. */
export type ExpandResult =
	| {
			readonly kind: 'expanded';
			readonly text: string;
			readonly matched: ReadonlySet<string>;
			readonly unmatched: ReadonlySet<string>;
	  }
	| ExpandFailure;

export type ExpandWordsResult = {readonly kind: 'expanded'; readonly words: readonly string[]} | ExpandFailure;

/**
 * Replaces variables and takes quotes and escapes away, as BuildKit does for one argument
 * (shell/lex.go ProcessWordWithMatches). Fails on an open quote or brace, on a modifier that is not known, and when
 * `${x?message}` says so; and where variables make the text longer than any process could be given.
 */
export function expandWord(word: string, environment: Environment, options: ExpandOptions): ExpandResult {
	const lexer = createLexer(word, environment, options);
	const text = lexWord(lexer);
	return typeof text === 'string'
		? {kind: 'expanded', text, matched: lexer.matched, unmatched: lexer.unmatched}
		: {kind: 'failed', ...text};
}

/**
 * As expandWord, then cut at white space that is neither quoted nor escaped; white space in the value of a variable
 * cuts too (shell/lex.go ProcessWords).
 */
export function expandWords(word: string, environment: Environment, options: ExpandOptions): ExpandWordsResult {
	const words = lexWords(createLexer(word, environment, options));
	return 'message' in words ? {kind: 'failed', ...words} : {kind: 'expanded', words};
}

/**
 * How much longer variables may make a text. BuildKit has no limit, and takes all memory where a value is doubled again
 * and again; but no process can be given an argument or environment string longer than this (Linux, MAX_ARG_STRLEN).
 */
const MAX_GROWTH = 131_072;

function createLexer(word: string, environment: Environment, options: ExpandOptions): Lexer {
	return {
		// Go's text/scanner drops a byte order mark at the start of what it reads.
		text: withoutEscapes(word.startsWith('\ufeff') ? word.slice(1) : word),
		at: 0,
		maxLength: word.length + MAX_GROWTH,
		depth: 0,
		environment,
		escape: options.escape,
		rawQuotes: options.rawQuotes ?? false,
		rawEscapes: options.rawEscapes ?? false,
		skipUnsetEnv: options.skipUnsetEnv ?? false,
		skipProcessQuotes: options.skipProcessQuotes ?? false,
		matched: new Set(),
		unmatched: new Set(),
		fields: undefined,
	};
}
