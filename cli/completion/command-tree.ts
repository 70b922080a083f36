import type {Argument, Command, Option} from '../commander.ts';

/** A command as completion and pages see it. */
export interface CommandNode {
	/** `cachecast cache ls`. */
	readonly path: string;
	readonly name: string;
	readonly summary: string;
	readonly options: readonly OptionNode[];
	/** What the arguments may be, where that is a list. */
	readonly choices: readonly string[];
	readonly commands: readonly CommandNode[];
}

export interface OptionNode {
	/** `-f`, `--file`. */
	readonly names: readonly string[];
	readonly description: string;
	readonly takesValue: boolean;
	readonly choices: readonly string[];
}

/** A command with all below it, read from commander itself: so nothing of it can be forgotten. */
export function commandTree(command: Command, parents = ''): CommandNode {
	const help = command.createHelp();
	const path = `${parents}${command.name()}`;
	return {
		path,
		name: command.name(),
		summary: command.summary() || command.description(),
		options: [...help.visibleOptions(command), ...globalOptions(command)].map(optionNode),
		choices: command.registeredArguments.flatMap((argument: Argument) => argument.argChoices ?? []),
		commands: command.commands.map(sub => commandTree(sub, `${path} `)),
	};
}

/** A command and all below it, one after the other. */
export function allCommands(command: Command): readonly Command[] {
	return [command, ...command.commands.flatMap(allCommands)];
}

/** The same of a tree. */
export function allNodes(node: CommandNode): readonly CommandNode[] {
	return [node, ...node.commands.flatMap(allNodes)];
}

// Options of the program may stand behind a command too; its version is asked of the program alone.
function globalOptions(command: Command): readonly Option[] {
	const top = command.parent === null ? [] : (allParents(command).at(-1)?.options ?? []);
	return top.filter(({long}) => long !== '--version');
}

function allParents(command: Command): readonly Command[] {
	return command.parent === null ? [] : [command.parent, ...allParents(command.parent)];
}

function optionNode({short, long, description, required, optional, argChoices}: Option): OptionNode {
	return {
		names: [short, long].filter(name => name !== undefined),
		description,
		takesValue: required || optional,
		choices: argChoices ?? [],
	};
}
