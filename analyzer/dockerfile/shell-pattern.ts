/** A piece of a shell wildcard pattern: one code point, any one but a newline (`?`), or any number of them (`*`). */
export type PatternToken = string | {readonly wildcard: '?' | '*'};

/**
 * Reads the pattern of `${x#pattern}` and its kin: `*`, `?` and a backslash before those or itself; `\}` and `\/` are
 * the bare character. Undefined for any other escape (BuildKit shell/lex.go convertShellPatternToRegex).
 */
export function parsePattern(pattern: string): readonly PatternToken[] | undefined {
	const chars = Array.from(pattern.startsWith('\ufeff') ? pattern.slice(1) : pattern);
	const tokens: PatternToken[] = [];
	for (let index = 0; index < chars.length; index++) {
		const char = chars[index] ?? '';
		if (char === '*' || char === '?') {
			tokens.push({wildcard: char});
			continue;
		}

		if (char !== '\\') {
			tokens.push(char);
			continue;
		}

		const escaped = chars[index + 1];
		if (escaped === '}' || escaped === '/') {
			continue;
		}

		if (escaped !== '*' && escaped !== '?' && escaped !== '\\') {
			return undefined;
		}

		tokens.push(escaped);
		index++;
	}

	return tokens;
}

/** `value` without the prefix that matches, the longest or the shortest one; undefined for an invalid pattern. */
export function trimPrefix(pattern: string, value: string, longest: boolean): string | undefined {
	const tokens = parsePattern(pattern);
	if (tokens === undefined) {
		return undefined;
	}

	const chars = Array.from(value);
	const match = findMatch(tokens, chars, {from: 0, anchored: true, longest});
	return match === undefined ? value : chars.slice(match.end).join('');
}

/** `value` without the suffix that matches. Pattern and value are turned round, so that it is a prefix. */
export function trimSuffix(pattern: string, value: string, longest: boolean): string | undefined {
	const trimmed = trimPrefix(reversePattern(pattern), Array.from(value).reverse().join(''), longest);
	return trimmed === undefined ? undefined : Array.from(trimmed).reverse().join('');
}

/** Turns a pattern round but keeps every escape before its character. */
function reversePattern(pattern: string): string {
	const units = pattern.match(/\\.|./gsu) ?? [];
	return units.reverse().join('');
}

/**
 * Replaces the first or every longest match; `$0` in the replacement stands for the match if all are replaced.
 * Undefined where the result is longer than `maxLength`.
 */
export function replacePattern(
	tokens: readonly PatternToken[],
	value: string,
	replacement: string,
	{all, maxLength}: {readonly all: boolean; readonly maxLength: number},
): string | undefined {
	const chars = Array.from(value);
	let result = '';
	let copied = 0;
	let from = 0;
	while (from <= chars.length && result.length <= maxLength) {
		const match = findMatch(tokens, chars, {from, anchored: false, longest: true});
		if (match === undefined) {
			break;
		}

		result += chars.slice(copied, match.start).join('');
		if (!all) {
			return result + replacement + chars.slice(match.end).join('');
		}

		// No second replacement for an empty match right behind another match (Go regexp ReplaceAll).
		if (match.end > copied || match.start === 0) {
			const text = expandTemplate(replacement, chars.slice(match.start, match.end).join(''), maxLength);
			if (text === undefined) {
				return undefined;
			}

			result += text;
		}

		copied = match.end;
		from = Math.max(match.end, from + 1);
	}

	return result.length > maxLength ? undefined : result + chars.slice(copied).join('');
}

/** Go's regexp.Expand for an expression without groups: only group 0 has a text, `$$` is a dollar sign. Undefined where the text is too long. */
function expandTemplate(template: string, match: string, maxLength: number): string | undefined {
	let left = maxLength;
	const text = template.replace(/\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu, (_, dollar, plain, braced) => {
		if (dollar === '$') {
			return '$';
		}

		left -= (plain ?? braced) === '0' ? match.length : 0;
		return (plain ?? braced) === '0' && left >= 0 ? match : '';
	});
	return left < 0 ? undefined : text;
}

interface Match {
	readonly start: number;
	readonly end: number;
}

/**
 * The leftmost match from `from` on, or one that starts there if `anchored`. Follows all states at once, so the work is
 * length times pattern, whatever the pattern. `?` and `*` do not match a newline, as in Go.
 */
function findMatch(
	tokens: readonly PatternToken[],
	chars: readonly string[],
	{from, anchored, longest}: {readonly from: number; readonly anchored: boolean; readonly longest: boolean},
): Match | undefined {
	// states[i]: where the leftmost attempt that has read tokens 0…i-1 began.
	let states: (number | undefined)[] = [from];
	let best: Match | undefined;
	for (let at = from; ; at++) {
		skipStars(states, tokens);
		const start = states[tokens.length];
		if (start !== undefined && (best === undefined || start <= best.start)) {
			best = {start, end: at};
			if (!longest) {
				return best;
			}
		}

		const char = chars[at];
		if (char === undefined) {
			return best;
		}

		states = step(states, tokens, char, best);
		if (!anchored && best === undefined) {
			states[0] ??= at + 1;
		}

		if (states.length === 0) {
			return best;
		}
	}
}

function skipStars(states: (number | undefined)[], tokens: readonly PatternToken[]): void {
	for (let index = 0; index < states.length; index++) {
		if (isWildcard(tokens[index], '*')) {
			states[index + 1] = leftmost(states[index + 1], states[index]);
		}
	}
}

/** Attempts that began behind a match already found cannot win any more and are dropped. */
function step(
	states: readonly (number | undefined)[],
	tokens: readonly PatternToken[],
	char: string,
	best: Match | undefined,
): (number | undefined)[] {
	const next: (number | undefined)[] = [];
	for (const [index, start] of states.entries()) {
		const token = tokens[index];
		if (start === undefined || token === undefined || (best !== undefined && start > best.start)) {
			continue;
		}

		if (isWildcard(token, '*')) {
			if (char !== '\n') {
				next[index] = leftmost(next[index], start);
			}
		} else if (token === char || (isWildcard(token, '?') && char !== '\n')) {
			next[index + 1] = leftmost(next[index + 1], start);
		}
	}

	return next;
}

function isWildcard(token: PatternToken | undefined, wildcard: '?' | '*'): boolean {
	return typeof token === 'object' && token.wildcard === wildcard;
}

function leftmost(first: number | undefined, second: number | undefined): number | undefined {
	return first === undefined || (second !== undefined && second < first) ? second : first;
}
