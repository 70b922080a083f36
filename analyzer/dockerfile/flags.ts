import type {Flag} from './instruction.ts';
import type {LogicalLine, Span} from './logical-line.ts';
import {rangeOf} from './logical-line.ts';
import type {Mistake} from './mistake.ts';
import {mistake} from './mistake.ts';
import {quote} from './quote.ts';
import type {Word} from './source.ts';
import {didYouMean} from './suggest.ts';

/** What a flag takes: nothing or true/false, one value, or one value each time it is given. */
export type FlagType = 'boolean' | 'string' | 'strings';

/** One flag of an instruction. */
export interface FlagSpan extends Span {
	readonly name: string;
	readonly value?: string;
}

/** The flags of an instruction, checked against those it knows. */
export interface Flags {
	readonly all: readonly FlagSpan[];
	/** The value of a string flag. */
	string(name: string): FlagSpan | undefined;
	/** Every use of a flag that may be given more than once. */
	strings(name: string): readonly FlagSpan[];
	/** The value of a boolean flag, undefined when it is not given. */
	boolean(name: string): boolean | undefined;
}

/** Cuts flags at their first `=`, without looking at what they mean. */
export function splitFlags(flags: readonly Span[]): readonly FlagSpan[] {
	return flags.map(flag => {
		const equals = flag.text.indexOf('=');
		return equals === -1
			? {...flag, name: flag.text.slice(2)}
			: {...flag, name: flag.text.slice(2, equals), value: flag.text.slice(equals + 1)};
	});
}

/** Checks flags in order (BuildKit instructions/bflag.go); `keyword` is for the message. */
export function parseFlags(
	keyword: string,
	flags: readonly Span[],
	known: Readonly<Record<string, FlagType>>,
): Flags | Mistake {
	const all = splitFlags(flags);
	const used = new Map<string, FlagSpan>();
	for (const flag of all) {
		const type = Object.hasOwn(known, flag.name) ? known[flag.name] : undefined;
		if (type === undefined) {
			const name = `--${flag.name}`;
			const names = Object.keys(known).map(candidate => `--${candidate}`);
			return mistake(nameOf(flag), `unknown flag ${quote(name)} of ${keyword}`, didYouMean(name, names));
		}

		const fault = checkFlag(flag, type, used.get(flag.name));
		if (fault !== undefined) {
			return fault;
		}

		used.set(flag.name, flag);
	}

	const find = (name: string): FlagSpan | undefined => all.find(flag => flag.name === name);
	return {
		all,
		string: find,
		strings: name => all.filter(flag => flag.name === name),
		boolean: name => (used.has(name) ? find(name)?.value?.toLowerCase() !== 'false' : undefined),
	};
}

function checkFlag(flag: FlagSpan, type: FlagType, first: FlagSpan | undefined): Mistake | undefined {
	const name = `--${flag.name}`;
	if (first !== undefined && type !== 'strings') {
		const notes = [{message: 'first given here', start: first.start, end: first.end}];
		return {...mistake(flag, `flag "${name}" is given twice`, 'keep one of them'), notes};
	}

	if (type !== 'boolean') {
		return flag.value === undefined
			? mistake(flag, `flag ${quote(name)} needs a value`, `write it with "=" and no blank: ${name}=value`)
			: undefined;
	}

	const value = flag.value?.toLowerCase();
	if (value === '') {
		return mistake(flag, `flag ${quote(name)} has no value behind its "="`);
	}

	return value === undefined || value === 'true' || value === 'false'
		? undefined
		: mistake(flagValue(flag), `flag ${quote(name)} must be true or false, not ${quote(flag.value ?? '')}`);
}

/** The part of a flag before its `=`. Quotes before that would move it; nobody writes them. */
function nameOf(flag: FlagSpan): Span {
	return flag.value === undefined ? flag : {...flag, end: Math.min(flag.end, flag.start + flag.name.length + 2)};
}

/** The part of a flag behind its `=`, with the quotes it may have. */
export function flagValue(flag: FlagSpan): Span {
	const start = Math.min(flag.end, flag.start + flag.name.length + 3);
	return {text: flag.value ?? '', start, end: flag.end};
}

/** The value of a flag as a word of the file. */
export function valueWord(line: LogicalLine, flag: FlagSpan): Word {
	return {text: flag.value ?? '', range: rangeOf(line, flagValue(flag))};
}

/** The flags as an instruction shows them. */
export function toFlags(line: LogicalLine, flags: readonly Span[]): readonly Flag[] {
	return splitFlags(flags).map(flag => {
		const range = rangeOf(line, flag);
		return flag.value === undefined ? {name: flag.name, range} : {name: flag.name, value: flag.value, range};
	});
}
