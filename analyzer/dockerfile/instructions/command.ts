import {parseFlags} from '../flags.ts';
import type {Command, CommandInstruction, ShellInstruction} from '../instruction.ts';
import type {Span} from '../logical-line.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {baseOf, nameOf, noArgument} from './base.ts';

/** The command of RUN, CMD, ENTRYPOINT and HEALTHCHECK: an empty one is allowed here. */
export function commandOf(args: readonly Span[], json: boolean): Command {
	return json
		? {form: 'exec', args: args.map(({text}) => text)}
		: {form: 'shell', text: args.map(({text}) => text).join(' ')};
}

/** CMD and ENTRYPOINT (BuildKit instructions/parse.go parseCmd, parseEntrypoint). */
export function parseCommand(node: Node, kind: 'cmd' | 'entrypoint'): CommandInstruction | Mistake {
	const {keyword, flags: spans, args, json} = node.statement;
	const flags = parseFlags(nameOf(keyword), spans, {});
	return isMistake(flags) ? flags : {kind, ...baseOf(node), command: commandOf(args, json)};
}

/** `SHELL ["executable", "argument"]` (BuildKit instructions/parse.go parseShell). */
export function parseShell(node: Node): ShellInstruction | Mistake {
	const {flags: spans, args, json, rest} = node.statement;
	const flags = parseFlags('SHELL', spans, {});
	if (isMistake(flags)) {
		return flags;
	}

	if (args.length === 0) {
		return noArgument(node);
	}

	return json
		? {kind: 'shell', ...baseOf(node), shell: args.map(({text}) => text)}
		: mistake(
				rest,
				'SHELL requires the arguments to be in JSON form',
				'write them as SHELL ["executable", "argument"]',
			);
}
