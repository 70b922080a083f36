/**
 * Go `path.Match`: `*` any run of characters but `/`, `?` one character but `/`, `[a-z]` and `[^a-z]` classes, `\` an
 * escape; the whole name must match. `undefined` for a malformed pattern (Go ErrBadPattern).
 */
export function matchPath(pattern: string, name: string): boolean | undefined {
	const tokens = tokenize(pattern);
	return tokens === undefined ? undefined : matchTokens(tokens, [...name]);
}

type Token =
	| {readonly kind: 'star'}
	| {readonly kind: 'any'}
	| {readonly kind: 'char'; readonly char: string}
	| {readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[]};

function tokenize(pattern: string): readonly Token[] | undefined {
	const chars = [...pattern];
	const tokens: Token[] = [];
	let index = 0;
	while (index < chars.length) {
		const char = chars[index++] ?? '';
		if (char === '*') {
			if (tokens.at(-1)?.kind !== 'star') {
				tokens.push({kind: 'star'});
			}
		} else if (char === '?') {
			tokens.push({kind: 'any'});
		} else if (char === '\\') {
			const escaped = chars[index++];
			if (escaped === undefined) {
				return undefined;
			}

			tokens.push({kind: 'char', char: escaped});
		} else if (char === '[') {
			const parsed = parseClass(chars, index);
			if (parsed === undefined) {
				return undefined;
			}

			tokens.push(parsed.token);
			index = parsed.end;
		} else {
			tokens.push({kind: 'char', char});
		}
	}

	return tokens;
}

function parseClass(
	chars: readonly string[],
	start: number,
): {readonly token: Token; readonly end: number} | undefined {
	let index = start;
	const negated = chars[index] === '^';
	if (negated) {
		index++;
	}

	// A bound of a range: `-` and `]` must be escaped.
	const bound = (): string | undefined => {
		const char = chars[index++];
		if (char === undefined || char === '-' || char === ']') {
			return undefined;
		}

		return char === '\\' ? chars[index++] : char;
	};

	const ranges: [string, string][] = [];
	for (;;) {
		if (chars[index] === ']' && ranges.length > 0) {
			return {token: {kind: 'class', negated, ranges}, end: index + 1};
		}

		const low = bound();
		if (low === undefined) {
			return undefined;
		}

		let high: string | undefined = low;
		if (chars[index] === '-') {
			index++;
			high = bound();
		}

		// A class that never closes is malformed, also when what stands in it is fine.
		if (high === undefined || index >= chars.length) {
			return undefined;
		}

		ranges.push([low, high]);
	}
}

// Backtracks to the last star only: linear in pattern times name, however many stars there are.
function matchTokens(tokens: readonly Token[], name: readonly string[]): boolean {
	let token = 0;
	let char = 0;
	let starToken = -1;
	let starChar = -1;
	while (char < name.length) {
		const current = tokens[token];
		if (current?.kind === 'star') {
			starToken = token++;
			starChar = char;
		} else if (current !== undefined && matchesOne(current, name[char] ?? '')) {
			token++;
			char++;
		} else if (starToken !== -1 && name[starChar] !== '/') {
			char = ++starChar;
			token = starToken + 1;
		} else {
			return false;
		}
	}

	return tokens.slice(token).every(rest => rest.kind === 'star');
}

function matchesOne(token: Token, char: string): boolean {
	switch (token.kind) {
		case 'star': {
			return false;
		}

		case 'any': {
			return char !== '/';
		}

		case 'char': {
			return char === token.char;
		}

		case 'class': {
			const point = char.codePointAt(0) ?? 0;
			const inside = token.ranges.some(
				([low, high]) => (low.codePointAt(0) ?? 0) <= point && point <= (high.codePointAt(0) ?? 0),
			);
			return inside !== token.negated;
		}
	}
}
