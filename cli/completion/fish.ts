import type {CommandNode, OptionNode} from './command-tree.ts';

/** Completion for fish. */
export function fishCompletion(root: CommandNode): string {
	return [...linesOf(root, root.name, []), ''].join('\n');
}

function linesOf(node: CommandNode, program: string, parents: readonly string[]): readonly string[] {
	const path = node.name === program ? [] : [...parents, node.name];
	const subs = node.commands.map(({name}) => name);
	const seen = path.map(name => `__fish_seen_subcommand_from ${name}`);
	const unseen = subs.length === 0 ? [] : [`not __fish_seen_subcommand_from ${subs.join(' ')}`];
	const here = `complete -c ${program}`;
	const when = (conditions: readonly string[]) =>
		conditions.length === 0 ? '' : ` -n ${quote(conditions.join('; and '))}`;
	return [
		...node.commands.map(
			({name, summary}) => `${here} -f${when([...seen, ...unseen])} -a ${name} -d ${quote(summary)}`,
		),
		...(node.choices.length === 0 ? [] : [`${here} -f${when(seen)} -a ${quote(node.choices.join(' '))}`]),
		...node.options.map(option => `${here}${when([...seen, ...unseen])}${optionText(option)}`),
		...node.commands.flatMap(sub => linesOf(sub, program, path)),
	];
}

function optionText({names, description, takesValue, choices}: OptionNode): string {
	const flags = names.map(name => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');
	const value = !takesValue ? '' : choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ' -r';
	return `${flags}${value} -d ${quote(description)}`;
}

function quote(text: string): string {
	return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
