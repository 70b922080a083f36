/** Whether a code point belongs to a class. */
export type PointTest = (point: number) => boolean;

/** The code point an escape stands for, and where it ends. */
export interface ParsedEscape {
	readonly point: number;
	readonly end: number;
}

/** A class, and where it ends. */
export interface ParsedClass {
	readonly matches: PointTest;
	readonly end: number;
}

/** `[…]` as Go's regexp/syntax reads it; undefined for a class that does not close or a range that runs backwards. */
export function parseClass(chars: readonly string[], start: number): ParsedClass | undefined {
	let at = start + 1;
	const negated = chars[at] === '^';
	if (negated) {
		at++;
	}

	const first = at;
	const tests: PointTest[] = [];
	while (chars[at] !== ']' || at === first) {
		const item = namedClass(chars, at) ?? shorthand(chars, at) ?? parseRange(chars, at);
		if (item === undefined || item === 'invalid') {
			return undefined;
		}

		tests.push(item.matches);
		at = item.end;
	}

	return {matches: point => tests.some(test => test(point)) !== negated, end: at + 1};
}

/** One character or `a-z`; a `-` before the closing bracket stands for itself. */
function parseRange(chars: readonly string[], at: number): ParsedClass | undefined {
	const low = classChar(chars, at);
	if (low === undefined) {
		return undefined;
	}

	if (chars[low.end] !== '-' || chars[low.end + 1] === ']' || low.end + 1 >= chars.length) {
		return {matches: point => point === low.point, end: low.end};
	}

	const high = classChar(chars, low.end + 1);
	if (high === undefined || high.point < low.point) {
		return undefined;
	}

	return {matches: point => low.point <= point && point <= high.point, end: high.end};
}

function classChar(chars: readonly string[], at: number): ParsedEscape | undefined {
	const char = chars[at];
	if (char === '\\') {
		return parseEscape(chars, at);
	}

	return char === undefined ? undefined : {point: char.codePointAt(0) ?? 0, end: at + 1};
}

function shorthand(chars: readonly string[], at: number): ParsedClass | 'invalid' | undefined {
	const matches = perlClass(chars, at);
	return matches === undefined ? unicodeClass(chars, at) : {matches, end: at + 2};
}

/** `\d`, `\s`, `\w` and their opposites: ASCII only. */
export function perlClass(chars: readonly string[], at: number): PointTest | undefined {
	const name = chars[at] === '\\' ? (chars[at + 1] ?? '') : '';
	switch (name) {
		case 'd':
		case 'D':
			return byExpression(/[0-9]/, name === 'D');
		case 's':
		case 'S':
			return byExpression(/[\t\n\f\r ]/, name === 'S');
		case 'w':
		case 'W':
			return byExpression(/[0-9A-Za-z_]/, name === 'W');
		default:
			return undefined;
	}
}

/** `\pL`, `\p{Lu}`, `\p{Greek}`, and `\P` or `^` for the opposite. */
export function unicodeClass(chars: readonly string[], at: number): ParsedClass | 'invalid' | undefined {
	const letter = chars[at] === '\\' ? chars[at + 1] : undefined;
	if (letter !== 'p' && letter !== 'P') {
		return undefined;
	}

	const close = chars[at + 2] === '{' ? chars.indexOf('}', at) : at + 2;
	const [, caret, name = ''] = /^\{?(\^?)(\w+)\}?$/.exec(chars.slice(at + 2, close + 1).join('')) ?? [];
	const expression = unicodeExpression(name);
	return expression === undefined
		? 'invalid'
		: {matches: byExpression(expression, (letter === 'P') !== (caret === '^')), end: close + 1};
}

/** A general category or a script. */
function unicodeExpression(name: string): RegExp | undefined {
	const properties = name === 'Any' ? ['Any'] : [`General_Category=${name}`, `Script=${name}`];
	for (const property of name.length > 2 ? properties.slice(-1) : properties) {
		try {
			return new RegExp(`\\p{${property}}`, 'u');
		} catch {
			// No such property; perhaps the next.
		}
	}

	return undefined;
}

const NAMED: ReadonlyMap<string, RegExp> = new Map([
	['alnum', /[0-9A-Za-z]/],
	['alpha', /[A-Za-z]/],
	['ascii', /\p{ASCII}/u],
	['blank', /[\t ]/],
	['cntrl', /(?=\p{ASCII})\p{Cc}/u],
	['digit', /[0-9]/],
	['graph', /[!-~]/],
	['lower', /[a-z]/],
	['print', /[ -~]/],
	['punct', /[!-/:-@[-`{-~]/],
	['space', /[\t\n\v\f\r ]/],
	['upper', /[A-Z]/],
	['word', /[0-9A-Za-z_]/],
	['xdigit', /[0-9A-Fa-f]/],
]);

/** Where the last `:]` of an expression stands: looked for once, not from every `[:`. */
function lastNameEnd(chars: readonly string[]): number {
	const end = nameEnds.get(chars) ?? chars.findLastIndex((char, index) => char === ':' && chars[index + 1] === ']');
	nameEnds.set(chars, end);
	return end;
}

const nameEnds = new WeakMap<readonly string[], number>();

/** `[:alpha:]` and `[:^alpha:]`; `invalid` for a name that is none. */
function namedClass(chars: readonly string[], at: number): ParsedClass | 'invalid' | undefined {
	if (chars[at] !== '[' || chars[at + 1] !== ':') {
		return undefined;
	}

	if (at + 2 > lastNameEnd(chars)) {
		return undefined;
	}

	let end = at + 2;
	while (chars[end] !== ':' || chars[end + 1] !== ']') {
		end++;
	}

	const name = chars.slice(at + 2, end).join('');
	const expression = NAMED.get(name.replace(/^\^/, ''));
	return expression === undefined ? 'invalid' : {matches: byExpression(expression, name.startsWith('^')), end: end + 2};
}

function byExpression(expression: RegExp, negated: boolean): PointTest {
	return point => expression.test(String.fromCodePoint(point)) !== negated;
}

const CONTROL: ReadonlyMap<string, number> = new Map([
	['a', 0x07],
	['f', 0x0c],
	['n', 0x0a],
	['r', 0x0d],
	['t', 0x09],
	['v', 0x0b],
]);

/** A backslash and what follows it, when that stands for one character (Go regexp/syntax parseEscape). */
export function parseEscape(chars: readonly string[], at: number): ParsedEscape | undefined {
	const char = chars[at + 1];
	if (char === undefined) {
		return undefined;
	}

	const control = CONTROL.get(char);
	if (control !== undefined) {
		return {point: control, end: at + 2};
	}

	const digits = chars.slice(at + 1, at + 4).join('');
	// A single digit but 0 would be a reference back, which Go does not have.
	const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(digits)?.[0];
	if (octal !== undefined) {
		return {point: Number.parseInt(octal, 8), end: at + 1 + octal.length};
	}

	if (char === 'x') {
		return parseHex(chars, at);
	}

	// Every other ASCII character that is no letter or digit stands for itself.
	return /^\p{ASCII}$/u.test(char) && !/[0-9A-Za-z]/.test(char)
		? {point: char.codePointAt(0) ?? 0, end: at + 2}
		: undefined;
}

/** `\x41` or `\x{1F600}`. */
function parseHex(chars: readonly string[], at: number): ParsedEscape | undefined {
	const close = chars[at + 2] === '{' ? chars.indexOf('}', at) : at + 3;
	const digits = chars.slice(at + 2, close + 1).join('');
	const [, short, long] = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})$/.exec(digits) ?? [];
	const point = Number.parseInt(short ?? long ?? '', 16);
	return point <= 0x10_ff_ff ? {point, end: close + 1} : undefined;
}
