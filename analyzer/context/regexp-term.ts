import type {PointTest} from './regexp-class.ts';

/** A part of a regular expression. */
export type Term =
	| {readonly kind: 'char'; readonly matches: PointTest}
	| {readonly kind: 'assert'; readonly holds: (before: number | undefined, after: number | undefined) => boolean}
	| {readonly kind: 'group'; readonly terms: readonly Term[]}
	| {readonly kind: 'optional'; readonly term: Term}
	| {readonly kind: 'repeat'; readonly term: Term};
