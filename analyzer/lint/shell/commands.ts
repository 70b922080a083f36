import nodePath from 'node:path/posix';
import type {Dockerfile, RunInstruction} from '../../dockerfile/instruction.ts';
import type {Position, Range} from '../../dockerfile/source.ts';
import {type RawCommand, type RawWord, readCommands} from './read-commands.ts';
import {scriptOf} from './script.ts';

/** A command that a RUN may run, wrappers such as sudo taken away. */
export interface ShellCommand {
	/** The program without its folder. */
	readonly name: string;
	/** Its arguments; variables stand as they were written. */
	readonly args: readonly string[];
	/** The files that its output goes to. */
	readonly outputs: readonly string[];
	/** From its first word on, as far as its line goes. */
	readonly range: Range;
	/** Place of an argument by its number. */
	rangeOfArgument(index: number): Range;
}

/**
 * The commands of a RUN in the order of their text. `shell` is the SHELL in force: of one that is not POSIX nothing is
 * understood, nor of scripts that are files.
 */
export function commandsOf(
	dockerfile: Dockerfile,
	run: RunInstruction,
	shell: readonly string[] | undefined,
): readonly ShellCommand[] {
	const known = commandsOfRun.get(run) ?? readRun(dockerfile, run, shell);
	commandsOfRun.set(run, known);
	return known;
}

/** Several rules ask for the same. */
const commandsOfRun = new WeakMap<RunInstruction, readonly ShellCommand[]>();

function readRun(
	dockerfile: Dockerfile,
	run: RunInstruction,
	shell: readonly string[] | undefined,
): readonly ShellCommand[] {
	const {command} = run;
	if (command.form === 'exec') {
		const words = command.args.map(text => ({text, start: 0, end: 0}));
		return commandsIn({words, outputs: []}, () => run.keywordRange.start);
	}

	const isPosix = shell === undefined || isShell(shell[0]);
	const script = isPosix ? scriptOf(dockerfile, run) : undefined;
	return script === undefined
		? []
		: readCommands(script.text).flatMap(one => commandsIn(one, offset => script.place(offset)));
}

function isShell(program: string | undefined): boolean {
	return /^(?:ba|da|a|z|k)?sh$/.test(nodePath.basename(program ?? ''));
}

/** Programs that run the command behind them and their own options. */
const WRAPPERS: ReadonlySet<string> = new Set(['sudo', 'env', 'exec', 'command', 'nohup', 'eatmydata', 'time', 'nice']);

const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;

function commandsIn({words, outputs}: RawCommand, place: (offset: number) => Position): readonly ShellCommand[] {
	let rest = words;
	for (let [first] = rest; first !== undefined; [first] = rest) {
		const isWrapper = WRAPPERS.has(nodePath.basename(first.text));
		if (!isWrapper && !ASSIGNMENT.test(first.text)) {
			break;
		}

		const from = rest.findIndex((word, index) => index > 0 && !(isWrapper && word.text.startsWith('-')));
		rest = from === -1 ? [] : rest.slice(from);
	}

	const [first, ...args] = rest;
	if (first === undefined) {
		return [];
	}

	const script = isShell(first.text) ? scriptArgument(args) : undefined;
	if (script !== undefined) {
		// What stands in quotes has its place in the word that holds it.
		return readCommands(script.text).flatMap(one => commandsIn(one, () => place(script.start)));
	}

	return [commandFrom(first, args, outputs, place)];
}

/** The script of `sh -c`, also with further options: `bash -euo pipefail -c`. */
function scriptArgument(args: readonly RawWord[]): RawWord | undefined {
	const at = args.findIndex(({text}) => /^-[a-z]*c$/.test(text));
	return at === -1 ? undefined : args[at + 1];
}

function commandFrom(
	first: RawWord,
	args: readonly RawWord[],
	outputs: readonly RawWord[],
	place: (offset: number) => Position,
): ShellCommand {
	const rangeUpTo = (from: RawWord, words: readonly RawWord[]): Range => {
		const start = place(from.start);
		let end = endOf(from, place);
		for (const word of words) {
			const next = endOf(word, place);
			end = next.line === start.line ? next : end;
		}

		return {start, end: end.line === start.line ? end : start};
	};
	return {
		name: nodePath.basename(first.text),
		args: args.map(({text}) => text),
		outputs: outputs.map(({text}) => text),
		get range() {
			return rangeUpTo(first, args);
		},
		rangeOfArgument: index => rangeUpTo(args[index] ?? first, []),
	};
}

function endOf({start, end}: RawWord, place: (offset: number) => Position): Position {
	const last = place(Math.max(start, end - 1));
	return end > start ? {line: last.line, column: last.column + 1} : last;
}
