import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import {type ExpandOptions, expandWord} from '../dockerfile/expand.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import {graphError} from '../graph/graph-error.ts';
import type {Dialect} from './dialect.ts';
import type {EnvList} from './env-list.ts';
import {chargeGrowth, type TextBudget} from './text-budget.ts';
import type {NetworkMode, Owner, Ulimit, Vertex} from './vertex.ts';

/** Build options that enter the keys of RUN steps; names and meaning as in `docker buildx build`. */
export interface ExecOptions {
	readonly network: NetworkMode;
	/** Names only: addresses are no part of a key. */
	readonly extraHosts: readonly string[];
	/** Bytes of /dev/shm; 0: not given. */
	readonly shmSize: number;
	readonly ulimits: readonly Ulimit[];
	readonly cgroupParent: string;
}

/** No option given. */
export const defaultExecOptions: ExecOptions = {
	network: 'default',
	extraHosts: [],
	shmSize: 0,
	ulimits: [],
	cgroupParent: '',
};

/** What lowering one instruction needs besides the stage's state. */
export interface LoweringContext {
	readonly dockerfile: Dockerfile;
	readonly globalArgs: EnvList;
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly execOptions: ExecOptions;
	readonly dialect: Dialect;
	/** SOURCE_DATE_EPOCH in nanoseconds, where the dialect uses it. */
	readonly epoch?: bigint;
	readonly context: Vertex;
	readonly budget: TextBudget;
	/** Makes equal vertices identical, so that they count as one input. */
	intern<T extends Vertex>(vertex: T): T;
	/** Notes a path that is read from a context: the main one or a named one. */
	follow(context: Vertex | undefined, path: string): void;
	/** Collects the user's mistakes. */
	report(diagnostic: Diagnostic): void;
}

/** Expands one word of an instruction, reporting what cannot be expanded. */
export function expander(context: LoweringContext, env: EnvList, range: Range): (word: string) => string {
	const {escape} = context.dockerfile;
	return word => expandIn(context, env, range, word, {escape});
}

/** Expands a text for a step; one that cannot be expanded is reported and stays as it is. */
export function expandIn(
	{dockerfile, budget, report}: LoweringContext,
	env: EnvList,
	range: Range,
	word: string,
	options: ExpandOptions,
): string {
	const expanded = expandWord(word, env, options);
	if (expanded.kind === 'failed') {
		report(graphError(dockerfile.source, range, expanded.message, expanded));
		return word;
	}

	if (!chargeGrowth(budget, word, expanded.text)) {
		report(graphError(dockerfile.source, range, tooMuchText, {hint: 'use fewer variables with long values'}));
		return word;
	}

	return expanded.text;
}

/** What is reported where the budget of text is used up. */
export const tooMuchText = 'the steps up to here hold too much text to be planned';

/** `user[:group]` of --chown and USER: numbers and "root" are ids, anything else is looked up in the image (client/llb/fileop.go WithUser). */
export function parseOwner(text: string): Owner {
	const [user = '', group] = splitOnce(text, ':');
	return {user: parseUser(user), ...(group !== undefined && {group: parseUser(group)})};
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
	const at = text.indexOf(separator);
	return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parseUser(text: string): string | number {
	if (text === 'root' || text === '') {
		return 0;
	}

	const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
	// Ids are kept as unsigned 32-bit numbers.
	return number >= -(2 ** 31) && number < 2 ** 31 ? number >>> 0 : text;
}
