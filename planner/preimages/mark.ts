import {sha256} from '../../analyzer/index.ts';

/**
 * Tells one value from another without saying it: hexadecimal digits of a digest, as many as whoever keeps it allows.
 * Two marks of different lengths are compared as far as both go.
 */
export type Mark = string;

/**
 * The mark of a variable's value. Always the same for the same value, and not salted: with a new salt each time, every
 * mark that is written would tell something more about a value that stays the same.
 */
export function markOf(value: string): Mark {
	return sha256(`cachecast value\0${value}`).slice('sha256:'.length);
}

/** Whether two marks may be of the same value; surely not where this is false. */
export function isSameMark(one: Mark, other: Mark): boolean {
	return one.startsWith(other) || other.startsWith(one);
}
