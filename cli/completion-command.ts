import {Argument, type Command} from './commander.ts';
import {bashCompletion} from './completion/bash.ts';
import {type CommandNode, commandTree} from './completion/command-tree.ts';
import {fishCompletion} from './completion/fish.ts';
import {zshCompletion} from './completion/zsh.ts';
import {exitCode} from './exit-code.ts';
import type {RunCommand} from './shared-options.ts';

const shells: Readonly<Record<string, (root: CommandNode) => string>> = {
	bash: bashCompletion,
	zsh: zshCompletion,
	fish: fishCompletion,
};

/** `cachecast completion`: the script that makes a shell complete our commands. */
export function addCompletionCommand(program: Command, run: RunCommand): void {
	program
		.command('completion')
		.summary('print a script that completes commands and options in a shell')
		.description(
			'Print a script that completes commands and options in a shell. For bash and zsh put `source <(cachecast completion bash)`, or zsh, into ~/.bashrc or, behind compinit, ~/.zshrc; for fish write it to ~/.config/fish/completions/cachecast.fish.',
		)
		.addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
		.action((shell: string) =>
			run(async ({streams}) => {
				streams.out(shells[shell]?.(commandTree(program)) ?? '');
				return exitCode.ok;
			}),
		);
}
