import type {PointTest} from './regexp-class.ts';
import {parseRegexp} from './regexp-syntax.ts';
import type {Term} from './regexp-term.ts';

/** A regular expression whose work grows with the length of the text times its own, whatever it is. */
export interface Regexp {
	/** Whether it matches somewhere in `text`; the expressions here are anchored at both ends. */
	test(text: string): boolean;
}

type State =
	| {readonly kind: 'char'; readonly matches: PointTest; readonly next: number}
	| {readonly kind: 'split'; readonly next: number; readonly other: number}
	| {readonly kind: 'assert'; readonly holds: AssertTest; readonly next: number}
	| {readonly kind: 'match'};

type AssertTest = Extract<Term, {kind: 'assert'}>['holds'];

/**
 * Compiles the part of Go's syntax that ignore patterns can turn into: classes, escapes, `*`, `?` and groups; undefined
 * for what Go refuses. Go never backtracks, JavaScript does, and then `*a*a*a*b` may take hours.
 */
export function compileRegexp(expression: string): Regexp | undefined {
	if (parseRegexp(expression) === undefined) {
		return undefined;
	}

	// Most patterns of a long list are never held against anything, and their states would take most of the memory.
	let run: ((text: string) => boolean) | undefined;
	return {
		test(text) {
			run ??= createMatcher(expression);
			return run(text);
		},
	};
}

function createMatcher(expression: string): (text: string) => boolean {
	const choices = parseRegexp(expression) ?? [];
	const states: State[] = [];
	const end = addState(states, {kind: 'match'});
	const starts = choices.map(terms => addTerms(states, terms, end));
	return createRunner(states, starts);
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
		case 'group':
			return addTerms(states, term.terms, next);
		case 'optional':
			return addState(states, {kind: 'split', next: addTerm(states, term.term, next), other: next});
		case 'repeat': {
			// The loop's head is made before its body, which leads back to it.
			const head = addState(states, {kind: 'match'});
			states[head] = {kind: 'split', next: addTerm(states, term.term, head), other: next};
			return head;
		}
	}
}

/**
 * Follows all states at once, from every place of the text. Only an expression with a choice can begin behind the start:
 * the others have their `^` there.
 */
function createRunner(states: readonly State[], starts: readonly number[]): (text: string) => boolean {
	// When a state was last entered: a state is entered once for every character.
	const entered = new Uint32Array(states.length);
	const anchored = starts.length === 1;
	let now = 0;
	return text => {
		let current = [...starts];
		let before: number | undefined;
		for (let at = 0; current.length > 0; ) {
			const point = text.codePointAt(at);
			const next: number[] = anchored ? [] : [...starts];
			now++;
			// `current` grows while it is walked: by the states that are reached without reading.
			for (const index of current) {
				if (entered[index] === now) {
					continue;
				}

				entered[index] = now;
				const state = states[index];
				if (state?.kind === 'char') {
					if (point !== undefined && state.matches(point)) {
						next.push(state.next);
					}
				} else if (state?.kind === 'split') {
					current.push(state.next, state.other);
				} else if (state?.kind === 'assert') {
					if (state.holds(before, point)) {
						current.push(state.next);
					}
				} else {
					return true;
				}
			}

			if (point === undefined) {
				return false;
			}

			at += point > 0xffff ? 2 : 1;
			before = point;
			current = next;
		}

		return false;
	};
}
