import {didYouMean} from '../../analyzer/index.ts';
import {type ConfigEntry, type ConfigProblem, type ConfigValue, describeValue} from './config-value.ts';

/** Told of each problem; reading goes on behind it, so that all of a file are told at once. */
export type Tell = (problem: ConfigProblem) => void;

/** The members of a table by their names; a name that is not among `known` is told, and a value that is no table. */
export function membersOf(
	value: ConfigValue,
	what: string,
	known: readonly string[],
	tell: Tell,
): ReadonlyMap<string, ConfigEntry> {
	const members = new Map<string, ConfigEntry>();
	for (const entry of entriesOf(value, what, tell)) {
		if (known.includes(entry.name)) {
			members.set(entry.name, entry);
		} else {
			tell({
				message: `${what} has no setting "${entry.name}"`,
				range: entry.nameRange,
				hint: didYouMean(entry.name, known) ?? `it has ${known.join(', ')}`,
			});
		}
	}

	return members;
}

/** All members of a table whose names are free. */
export function entriesOf(value: ConfigValue, what: string, tell: Tell): readonly ConfigEntry[] {
	if (value.kind === 'map') {
		return value.entries;
	}

	// `rules:` with nothing behind it is a table without members.
	if (value.kind !== 'scalar' || value.value !== null) {
		tell({message: `${what} must be a table of names and values, not ${describeValue(value)}`, range: value.range});
	}

	return [];
}

/** A text that is not empty. */
export function textOf(value: ConfigValue, what: string, tell: Tell): string | undefined {
	if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.trim() !== '') {
		return value.value;
	}

	tell({message: `${what} must be a text, not ${describeValue(value)}`, range: value.range});
	return undefined;
}

/** One of a few words. */
export function wordOf<T extends string>(
	value: ConfigValue,
	what: string,
	words: readonly T[],
	tell: Tell,
): T | undefined {
	const found = words.find(word => value.kind === 'scalar' && value.value === word);
	if (found === undefined) {
		const text = value.kind === 'scalar' ? String(value.value) : '';
		const hint = didYouMean(text, words) ?? (text === 'false' ? 'write "off" in quotes' : undefined);
		tell({
			message: `${what} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not ${describeValue(value)}`,
			range: value.range,
			...(hint !== undefined && {hint}),
		});
	}

	return found;
}

/** The items of a list. */
export function itemsOf(value: ConfigValue, what: string, tell: Tell): readonly ConfigValue[] {
	if (value.kind === 'list') {
		return value.items;
	}

	if (value.kind !== 'scalar' || value.value !== null) {
		tell({message: `${what} must be a list, not ${describeValue(value)}`, range: value.range});
	}

	return [];
}
