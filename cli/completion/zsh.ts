import type {CommandNode, OptionNode} from './command-tree.ts';

/** Completion for zsh, by its own _arguments. */
export function zshCompletion(root: CommandNode): string {
	return [
		`#compdef ${root.name}`,
		'',
		...functionsOf(root),
		// Read by the completion system, or sourced.
		`if [ "$funcstack[1]" = "_${root.name}" ]; then`,
		`\t_${root.name} "$@"`,
		'else',
		`\tcompdef _${root.name} ${root.name}`,
		'fi',
		'',
	].join('\n');
}

function functionsOf(node: CommandNode): readonly string[] {
	const {commands, choices} = node;
	const words =
		commands.length > 0
			? [
					`'1:command:((${commands.map(({name, summary}) => `${name}\\:${quoted(summary)}`).join(' ')}))'`,
					"'*::argument:->rest'",
				]
			: [choices.length > 0 ? `'1:argument:(${choices.join(' ')})'` : "'*:folder or file:_files'"];
	return [
		`${functionName(node)}() {`,
		'\tlocal curcontext=$curcontext state line',
		'\ttypeset -A opt_args',
		`\t_arguments -C \\`,
		[...node.options.flatMap(optionSpecs), ...words].map(spec => `\t\t${spec}`).join(' \\\n'),
		...(commands.length === 0
			? []
			: [
					'\tif [ "$state" = rest ]; then',
					'\t\tcase $line[1] in',
					...commands.map(one => `\t\t\t${one.name}) ${functionName(one)} ;;`),
					'\t\tesac',
					'\tfi',
				]),
		'}',
		'',
		...commands.flatMap(functionsOf),
	];
}

function functionName({path}: CommandNode): string {
	return `_${path.replaceAll(' ', '_')}`;
}

function optionSpecs({names, description, takesValue, choices}: OptionNode): readonly string[] {
	const value = !takesValue ? '' : `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`;
	return names.map(
		name => `'*${name}${takesValue && name.startsWith('--') ? '=' : ''}[${escaped(description)}]${value}'`,
	);
}

// Inside single quotes, where _arguments reads brackets and colons.
function escaped(text: string): string {
	return text.replaceAll("'", '’').replace(/[\\[\]:]/g, '\\$&');
}

function quoted(text: string): string {
	return `"${text.replaceAll("'", '’').replace(/["\\$`:]/g, '\\$&')}"`;
}
