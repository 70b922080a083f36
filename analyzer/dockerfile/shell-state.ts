import type {Environment} from './environment.ts';
import type {Fields} from './shell-fields.ts';

/** The reader's state: `at` is the next UTF-16 unit of `text`. */
export interface Lexer {
	readonly text: string;
	at: number;
	/** How long the result, or the text of any `${…}` in it, may become. */
	readonly maxLength: number;
	/** How many `${…}` are open. */
	depth: number;
	rawEscapes: boolean;
	readonly environment: Environment;
	readonly escape: '\\' | '`';
	readonly rawQuotes: boolean;
	readonly skipUnsetEnv: boolean;
	readonly skipProcessQuotes: boolean;
	readonly matched: Set<string>;
	readonly unmatched: Set<string>;
	/** Collects the words; undefined when only the text is asked for. */
	fields: Fields | undefined;
}

/** The failure of a text that grew beyond `maxLength`. */
export const tooLong: LexFailure = {message: 'its variables make the text too long'};

/** Why a word cannot be expanded. */
export interface LexFailure {
	readonly message: string;
	/** What to do about it. */
	readonly hint?: string;
}

/** Reads the part of a `${…}` up to `stop`, which is read too. */
export type LexNested = (lexer: Lexer, stop: '}' | '/', rawEscapes: boolean) => string | LexFailure;
