import {parsePattern, replacePattern, trimPrefix, trimSuffix} from './shell-pattern.ts';
import {type Lexer, type LexFailure, type LexNested, tooLong} from './shell-state.ts';

const LETTER_OR_DIGIT = /[\p{L}\p{Nd}_]/u;
const DIGIT = /\p{Nd}/u;

/** `$name` or `${…}`; the lexer stands at the `$`. `lexNested` reads the words inside, and so may come back here. */
export function lexParameter(lexer: Lexer, lexNested: LexNested): string | LexFailure {
	lexer.at++;
	if (lexer.text[lexer.at] !== '{') {
		const name = lexName(lexer);
		if (name === '') {
			return '$';
		}

		const value = lookUp(lexer, name);
		return value === undefined && lexer.skipUnsetEnv ? `$${name}` : (value ?? '');
	}

	lexer.at++;
	const first = lexer.text[lexer.at];
	if (first === undefined) {
		return {message: "syntax error: missing '}'"};
	}

	if (first === '{' || first === '}' || first === ':') {
		return {message: 'syntax error: bad substitution', hint: 'write ${NAME}'};
	}

	return lexBraced(lexer, lexName(lexer), lexNested);
}

/** What follows the name in `${name…}`. */
function lexBraced(lexer: Lexer, name: string, lexNested: LexNested): string | LexFailure {
	const char = takeChar(lexer);
	if (char === '}') {
		const value = lookUp(lexer, name);
		return value === undefined && lexer.skipUnsetEnv ? `\${${name}}` : (value ?? '');
	}

	if (char === '/') {
		return lexReplacement(lexer, name, lexNested);
	}

	const modifier = char === ':' ? `:${takeChar(lexer)}` : char;
	const operator = modifier.slice(-1);
	const isPattern = operator === '#' || operator === '%';
	// BuildKit reads the word of an unknown `:x` modifier before it says so; an open brace is then what it complains of.
	if (!/^[:+\-?#%]/.test(modifier) || (char === ':' && isPattern)) {
		return unsupported(modifier);
	}

	const word = lexNested(lexer, '}', isPattern);
	if (typeof word !== 'string') {
		return lexer.at >= lexer.text.length ? {message: "syntax error: missing '}'"} : word;
	}

	const value = lookUp(lexer, name);
	if (value === undefined && lexer.skipUnsetEnv) {
		return `\${${name}${modifier}${word}}`;
	}

	return applyModifier(name, modifier, word, value);
}

function applyModifier(name: string, modifier: string, word: string, value: string | undefined): string | LexFailure {
	const isSet = value !== undefined && !(modifier.startsWith(':') && value === '');
	switch (modifier.slice(-1)) {
		case '-':
			return isSet ? value : word;
		case '+':
			return isSet ? word : '';
		case '?': {
			const fault = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
			const hint = `give "${name}" a value: a default (ARG ${name}=value) or --build-arg`;
			return isSet ? value : {message: `${name}: ${word === '' ? fault : word}`, hint};
		}
		case '#':
		case '%':
			return trimPattern(modifier, word, value ?? '');
		default:
			return unsupported(modifier);
	}
}

/** `#` and `%` take the shortest match away, doubled the longest. */
function trimPattern(modifier: string, word: string, value: string): string | LexFailure {
	const greedy = word.startsWith(modifier);
	const pattern = greedy ? word.slice(1) : word;
	const result = modifier === '#' ? trimPrefix(pattern, value, greedy) : trimSuffix(pattern, value, greedy);
	return result ?? invalidPattern(pattern);
}

/** `${name/pattern/text}` replaces the first match, `${name//pattern/text}` all of them. */
function lexReplacement(lexer: Lexer, name: string, lexNested: LexNested): string | LexFailure {
	const all = lexer.text[lexer.at] === '/';
	if (all) {
		lexer.at++;
	}

	const pattern = lexNested(lexer, '/', true);
	if (typeof pattern !== 'string') {
		return lexer.at >= lexer.text.length ? {message: "syntax error: missing '/' in a replacement"} : pattern;
	}

	const replacement = lexNested(lexer, '}', true);
	if (typeof replacement !== 'string') {
		return lexer.at >= lexer.text.length ? {message: "syntax error: missing '}'"} : replacement;
	}

	const value = lookUp(lexer, name);
	if (value === undefined && lexer.skipUnsetEnv) {
		return `\${${name}/${pattern}/${replacement}}`;
	}

	const tokens = parsePattern(pattern);
	return tokens === undefined
		? invalidPattern(pattern)
		: (replacePattern(tokens, value ?? '', replacement, {all, maxLength: lexer.maxLength}) ?? tooLong);
}

/** Letters, digits and underscores; or digits only; or one of the shell's special parameters. */
function lexName(lexer: Lexer): string {
	const start = lexer.at;
	const first = charAt(lexer, start);
	if (DIGIT.test(first)) {
		return takeWhile(lexer, DIGIT);
	}

	if (first !== '' && '@*#?-$!'.includes(first)) {
		lexer.at++;
		return first;
	}

	return takeWhile(lexer, LETTER_OR_DIGIT);
}

function takeWhile(lexer: Lexer, wanted: RegExp): string {
	const start = lexer.at;
	for (let char = charAt(lexer, start); wanted.test(char); char = charAt(lexer, lexer.at)) {
		lexer.at += char.length;
	}

	return lexer.text.slice(start, lexer.at);
}

function takeChar(lexer: Lexer): string {
	const char = charAt(lexer, lexer.at);
	lexer.at += char.length;
	return char;
}

/** The whole code point at `index`, empty at the end. */
function charAt(lexer: Lexer, index: number): string {
	const point = lexer.text.codePointAt(index);
	return point === undefined ? '' : String.fromCodePoint(point);
}

function lookUp(lexer: Lexer, name: string): string | undefined {
	const value = lexer.environment.get(name);
	(value === undefined ? lexer.unmatched : lexer.matched).add(name);
	return value;
}

const KNOWN_MODIFIERS =
	'write ${NAME:-default}, ${NAME:+other}, ${NAME:?message}, ${NAME#prefix}, ${NAME%suffix} or ${NAME/from/to}';

function unsupported(modifier: string): LexFailure {
	return modifier === '' || modifier === ':'
		? {message: "syntax error: missing '}'"}
		: {message: `unsupported modifier (${modifier}) in substitution`, hint: KNOWN_MODIFIERS};
}

function invalidPattern(pattern: string): LexFailure {
	const hint = 'only "*", "?", "}", "/" and a backslash may stand behind a backslash';
	return {message: `invalid pattern (${pattern}) in substitution`, hint};
}
