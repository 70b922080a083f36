import {parseRegexp, type Term} from './regexp-syntax.ts';

/** A regular expression whose work grows with the length of the text times its own, whatever it is. */
export interface Regexp {
	/** Whether it matches somewhere in `text`; the expressions here are anchored at both ends. */
	test(text: string): boolean;
}

type State =
	| {readonly kind: 'char'; readonly matches: (point: number) => boolean; readonly next: number}
	| {readonly kind: 'split'; readonly next: number; readonly other: number}
	| {readonly kind: 'assert'; readonly holds: AssertTest; readonly next: number}
	| {readonly kind: 'match'};

type AssertTest = Extract<Term, {kind: 'assert'}>['holds'];

/**
 * Compiles the part of Go's syntax that ignore patterns can turn into: classes, escapes, `*`, `?` and groups; undefined
 * for what Go refuses. Go never backtracks, JavaScript does, and then `*a*a*a*b` may take hours.
 */
export function compileRegexp(expression: string): Regexp | undefined {
	const terms = parseRegexp(expression);
	if (terms === undefined) {
		return undefined;
	}

	const states: State[] = [];
	const start = addTerms(states, terms, addState(states, {kind: 'match'}));
	return {
		test: text =>
			run(
				states,
				start,
				Array.from(text, char => char.codePointAt(0) ?? 0),
			),
	};
}

function addState(states: State[], state: State): number {
	return states.push(state) - 1;
}

/** Adds the states of `terms`, last term first, and returns the one to begin with. */
function addTerms(states: State[], terms: readonly Term[], next: number): number {
	return terms.reduceRight((after, term) => addTerm(states, term, after), next);
}

function addTerm(states: State[], term: Term, next: number): number {
	switch (term.kind) {
		case 'char':
			return addState(states, {kind: 'char', matches: term.matches, next});
		case 'assert':
			return addState(states, {kind: 'assert', holds: term.holds, next});
		case 'optional':
			return addState(states, {kind: 'split', next: addTerms(states, term.terms, next), other: next});
		case 'repeat': {
			// The loop's head is made before its body, which leads back to it.
			const head = addState(states, {kind: 'match'});
			states[head] = {kind: 'split', next: addTerm(states, term.term, head), other: next};
			return head;
		}
	}
}

/** Follows all states at once; `^` keeps every attempt but the one at the start from going on. */
function run(states: readonly State[], start: number, points: readonly number[]): boolean {
	let current: readonly number[] = [start];
	for (let at = 0; at <= points.length; at++) {
		const before = points[at - 1];
		const point = points[at];
		const reached = closure(states, current, before, point);
		if (point === undefined) {
			return reached.some(index => states[index]?.kind === 'match');
		}

		const next: number[] = [];
		for (const index of reached) {
			const state = states[index];
			if (state?.kind === 'char' && state.matches(point)) {
				next.push(state.next);
			}
		}

		if (next.length === 0) {
			return false;
		}

		current = next;
	}

	return false;
}

/** All states that can be reached without reading a character. */
function closure(
	states: readonly State[],
	from: readonly number[],
	before: number | undefined,
	after: number | undefined,
): readonly number[] {
	const seen = new Set<number>(from);
	// A set hands out what is added while it is walked.
	for (const index of seen) {
		const state = states[index];
		if (state?.kind === 'split') {
			seen.add(state.next).add(state.other);
		} else if (state?.kind === 'assert' && state.holds(before, after)) {
			seen.add(state.next);
		}
	}

	return [...seen];
}
