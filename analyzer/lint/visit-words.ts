import {expandWord, expandWords} from '../dockerfile/expand.ts';
import {chargeGrowth} from '../keys/text-budget.ts';
import type {GraphInput} from './rule.ts';
import type {Visit} from './stage-walk.ts';

/**
 * What variables make of a word at this place; undefined where that cannot be told: it cannot be expanded, or its
 * variables may be those of a base image that is not known.
 */
export function knownText({dockerfile}: GraphInput, visit: Visit, word: string): string | undefined {
	if (isOpen(visit, word)) {
		return undefined;
	}

	const expanded = expandWord(word, visit.state.env, {escape: dockerfile.escape});
	return expanded.kind === 'expanded' && chargeGrowth(visit.budget, word, expanded.text) ? expanded.text : undefined;
}

/** The same of a word that becomes several, or none, where a variable holds blanks. */
export function knownWords({dockerfile}: GraphInput, visit: Visit, word: string): readonly string[] {
	if (isOpen(visit, word)) {
		return [];
	}

	const expanded = expandWords(word, visit.state.env, {escape: dockerfile.escape});
	return expanded.kind === 'expanded' && chargeGrowth(visit.budget, word, expanded.words.join(' '))
		? expanded.words
		: [];
}

function isOpen({state}: Visit, word: string): boolean {
	return state.unresolved !== undefined && word.includes('$');
}
