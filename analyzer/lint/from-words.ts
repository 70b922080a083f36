import {type ExpandResult, expandWord} from '../dockerfile/expand.ts';
import type {FromInstruction} from '../dockerfile/instruction.ts';
import {globalArgs} from '../graph/global-args.ts';
import {newestDialect} from '../keys/dialect.ts';
import type {EnvList} from '../keys/env-list.ts';
import type {FileInput} from './rule.ts';

/** What the arguments above the first FROM make of the words of one. */
export interface FromWords {
	readonly from: FromInstruction;
	readonly image: ExpandResult;
	readonly platform?: ExpandResult;
}

/** The arguments a FROM can use, for these options (BuildKit dockerfile2llb defaultArgs, buildMetaArgs). */
export function argsOfFrom(
	{dockerfile, options}: FileInput,
	buildArgs: ReadonlyMap<string, string> = options.buildArgs,
): EnvList {
	const platforms = {build: options.buildPlatform, target: options.platform ?? options.buildPlatform};
	const targetName = options.target ?? dockerfile.stages.at(-1)?.from.name?.text.toLowerCase() ?? '';
	return globalArgs(dockerfile, buildArgs, platforms, targetName, newestDialect).args;
}

/** Each FROM of the file with its words expanded. */
export function fromWords({dockerfile}: FileInput, args: EnvList): readonly FromWords[] {
	const {escape} = dockerfile;
	return dockerfile.stages.map(({from}) => ({
		from,
		image: expandWord(from.image.text, args, {escape}),
		...(from.platform !== undefined && {platform: expandWord(from.platform.text, args, {escape})}),
	}));
}
