import {compileRegexp} from './go-regexp.ts';

/** How a pattern is matched, the cheapest way that does. */
export type MatchType = 'exact' | 'prefix' | 'suffix' | 'regexp';

/** One compiled pattern of an ignore file. */
export interface IgnorePattern {
	/** The cleaned pattern without its `!`. */
	readonly text: string;
	/** It began with `!`. */
	readonly inverted: boolean;
	/** Whether it matches this very path; folders above are not looked at. */
	matches(path: string): boolean;
}

/** Compiles a cleaned pattern; undefined for one that no path can be held against. */
export function compileIgnorePattern(text: string, inverted: boolean): IgnorePattern | undefined {
	const {type, expression} = translatePattern(text);
	switch (type) {
		case 'exact':
			return {text, inverted, matches: path => path === text};
		case 'prefix': {
			const prefix = text.slice(0, -2);
			return {text, inverted, matches: path => path.startsWith(prefix)};
		}

		case 'suffix': {
			// `**/foo` also matches `foo` itself.
			const suffix = text.slice(2);
			const bare = suffix.startsWith('/') ? suffix.slice(1) : undefined;
			return {text, inverted, matches: path => path.endsWith(suffix) || path === bare};
		}

		case 'regexp': {
			const regexp = compileRegexp(expression);
			const prefix = literalPrefix(text);
			return regexp === undefined
				? undefined
				: {text, inverted, matches: path => path.startsWith(prefix) && regexp.test(path)};
		}
	}
}

/** What stands before the first wildcard: most paths differ in it, and then need no more looking at. */
function literalPrefix(text: string): string {
	return /[{|]/.test(text) ? '' : (/^[^*?[\]\\^\ufeff]*/.exec(text)?.[0] ?? '');
}

/** A pattern as moby/patternmatcher classes it, and its regular expression, used only for type `regexp`. */
export interface Translation {
	readonly type: MatchType;
	readonly expression: string;
}

/**
 * Turns a pattern into a regular expression in Go's syntax (patternmatcher.go compile). The translation looks at one
 * character after the other and knows nothing of classes, so `[*]` becomes `[[^/]*]`; and it means to escape `{`, `|`
 * and `}` but its table has no room for them, so `a|b*` is a choice. BuildKit's matching depends on both.
 */
export function translatePattern(pattern: string): Translation {
	// Go's text/scanner drops a byte order mark at the start.
	const chars = Array.from(pattern.replace(/^\ufeff/, ''));
	let expression = '^';
	let type: MatchType = 'exact';
	for (let index = 0, step = 0; index < chars.length; step++) {
		const char = chars[index] ?? '';
		index++;
		if (char === '*' && chars[index] === '*') {
			index += chars[index + 1] === '/' ? 2 : 1;
			const isLast = index >= chars.length;
			if (isLast && type === 'exact') {
				type = 'prefix';
			} else {
				expression += isLast ? '.*' : '(.*/)?';
				type = 'regexp';
			}

			if (step === 0) {
				type = 'suffix';
			}
		} else if (char === '*' || char === '?') {
			expression += char === '*' ? '[^/]*' : '[^/]';
			type = 'regexp';
		} else if ('.+()$'.includes(char)) {
			expression += `\\${char}`;
		} else if (char === '\\') {
			const escaped = chars[index];
			index++;
			expression += `\\${escaped ?? ''}`;
			type = escaped === undefined ? type : 'regexp';
		} else {
			expression += char;
			type = char === '[' || char === ']' ? 'regexp' : type;
		}
	}

	return {type, expression: type === 'regexp' ? `${expression}$` : expression};
}
