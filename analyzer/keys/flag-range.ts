import type {AddInstruction, CopyInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';

/** Where a flag of COPY or ADD stands; for one that is not given, the whole instruction. */
export function flagRange({flags, range}: CopyInstruction | AddInstruction, name: string): Range {
	return flags.find(flag => flag.name === name)?.range ?? range;
}
