import type {Step} from '../analyzer/index.ts';

/** A step's instruction on one line, blanks folded, as people and logs want it; never a build argument's value. */
export function stepText({instruction}: Step): string {
	const text = instruction.text.replace(/\s+/g, ' ').trim();
	const [first] = instruction.heredocs;
	const body = first?.content.trim().split('\n') ?? [];
	return first === undefined ? text : `${text} (${body[0] ?? ''}${body.length > 1 ? '…' : ''})`;
}
