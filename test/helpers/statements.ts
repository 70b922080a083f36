import type {Statement} from '../../analyzer/dockerfile/node.ts';

/** The arguments of an instruction as BuildKit's parser lists them. */
export function argumentsOf({name, args, pairs, trigger}: Statement): readonly string[] {
	if (trigger !== undefined) {
		return [trigger.keyword.text, ...argumentsOf(trigger)];
	}

	if (name === undefined) {
		return [''];
	}

	return [
		...args.map(({text}) => text),
		...pairs.flatMap(pair => [pair.name, pair.value, pair.noDelimiter ? '' : '=']),
	];
}

/** An instruction as BuildKit's parser dumps it: `run ["--network=none"] "echo hi"`. */
export function dumpStatement(statement: Statement): string {
	const {keyword, flags, trigger} = statement;
	const shownFlags = flags.length === 0 ? [] : [`[${flags.map(({text}) => goQuote(text)).join(' ')}]`];
	const shown = trigger === undefined ? argumentsOf(statement).map(goQuote) : [`(${dumpStatement(trigger)})`];
	return [keyword.text.toLowerCase(), ...shownFlags, ...shown].join(' ');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
	['\u0007', '\\a'],
	['\b', '\\b'],
	['\f', '\\f'],
	['\n', '\\n'],
	['\r', '\\r'],
	['\t', '\\t'],
	['\v', '\\v'],
	['\\', '\\\\'],
	['"', '\\"'],
]);

/** Go's strconv.Quote. */
function goQuote(text: string): string {
	const chars = Array.from(
		text,
		char => ESCAPES.get(char) ?? (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char) ? char : escape(char)),
	);
	return `"${chars.join('')}"`;
}

function escape(char: string): string {
	const hex = (char.codePointAt(0) ?? 0).toString(16);
	if (hex.length <= 2) {
		return char < '\u0080' ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
	}

	return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
