import {type ExpandResult, expandWord} from '../dockerfile/expand.ts';
import type {FromInstruction} from '../dockerfile/instruction.ts';
import {globalArgs} from '../graph/global-args.ts';
import {newestDialect} from '../keys/dialect.ts';
import type {EnvList} from '../keys/env-list.ts';
import type {FileInput} from './rule.ts';

/** What the arguments above the first FROM make of the words of each. */
export interface FromWords {
	readonly args: EnvList;
	/** None where an argument cannot be expanded: BuildKit fails before it comes to the first. */
	readonly words: readonly {
		readonly from: FromInstruction;
		readonly image: ExpandResult;
		readonly platform?: ExpandResult;
	}[];
}

/** Every FROM of a file expanded for its options. */
export function fromWords(input: FileInput): FromWords {
	const words = wordsOfInput.get(input) ?? expandFroms(input, input.options.buildArgs);
	wordsOfInput.set(input, words);
	return words;
}

/** Several rules ask for the same. */
const wordsOfInput = new WeakMap<FileInput, FromWords>();

/** Expands every FROM of a file with its own arguments and these build arguments (BuildKit dockerfile2llb defaultArgs, buildMetaArgs). */
export function expandFroms({dockerfile, options}: FileInput, buildArgs: ReadonlyMap<string, string>): FromWords {
	const {escape, stages} = dockerfile;
	const platforms = {build: options.buildPlatform, target: options.platform ?? options.buildPlatform};
	const targetName = options.target ?? stages.at(-1)?.from.name?.text.toLowerCase() ?? '';
	const {args, errors} = globalArgs(dockerfile, buildArgs, platforms, targetName, newestDialect);
	return {
		args,
		words: (errors.length > 0 ? [] : stages).map(({from}) => ({
			from,
			image: expandWord(from.image.text, args, {escape}),
			...(from.platform !== undefined && {platform: expandWord(from.platform.text, args, {escape})}),
		})),
	};
}
