import type {MatrixCase, Mutation} from '../matrix-case.ts';
import {contextMutations} from './context.ts';
import {baseMutations, flagMutations} from './flags.ts';
import {textMutations} from './text.ts';

/** Every change that may apply to a case. */
export function mutationsOf(one: MatrixCase): readonly Mutation[] {
	return [...contextMutations(one), ...textMutations(), ...flagMutations(one), ...baseMutations()];
}
