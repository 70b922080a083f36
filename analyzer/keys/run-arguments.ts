import {chompHeredoc, parseHeredocWord} from '../dockerfile/heredoc.ts';
import type {RunInstruction} from '../dockerfile/instruction.ts';
import {joinPath} from './go-path.ts';
import type {LoweringContext} from './lowering.ts';
import type {StageState} from './stage-state.ts';
import type {FileVertex, Vertex} from './vertex.ts';

export interface RunArguments {
	readonly args: readonly string[];
	/** A heredoc that is a script of its own, mounted at /dev/pipes. */
	readonly document?: Vertex;
}

const defaultShell: readonly string[] = ['/bin/sh', '-c'];

/** The argument list of RUN: exec form as it is, shell form behind the shell, heredocs put in (BuildKit convert.go dispatchRun). */
export function runArguments(instruction: RunInstruction, state: StageState, context: LoweringContext): RunArguments {
	const {command, heredocs} = instruction;
	if (command.form === 'exec') {
		return {args: command.args};
	}

	const shell = state.shell !== undefined && state.shell.length > 0 ? state.shell : defaultShell;
	const [first] = heredocs;
	if (first === undefined) {
		return {args: [...shell, command.text]};
	}

	// `<<EOF` and nothing else: the body is the command.
	if (parseHeredocWord(command.text).kind !== 'heredoc') {
		// The shell gets the documents as they are.
		const documents = heredocs.map(document => `\n${document.content}${document.name}`);
		return {args: [...shell, command.text + documents.join('')]};
	}

	const data = first.chomp ? chompHeredoc(first.content) : first.content;
	if (!data.startsWith('#!')) {
		return {args: [...shell, data]};
	}

	const document = context.intern<FileVertex>({
		kind: 'file',
		base: undefined,
		actions: [{kind: 'mkfile', path: joinPath('/', first.name), mode: 0o755, data}],
	});
	return {args: [...shell, joinPath('/dev/pipes/', first.name)], document};
}
