import {allNodes, type CommandNode, type OptionNode} from './command-tree.ts';

/** Completion for bash. Words with = are cut there by readline, which is undone first. */
export function bashCompletion(root: CommandNode): string {
	const nodes = allNodes(root);
	return [
		`_${root.name}() {`,
		`\tlocal path=${root.name} word options= words=`,
		'\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}',
		'\tif [[ $cur == "=" ]]; then cur=; elif [[ $prev == "=" ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi',
		'\tfor word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
		'\t\tcase "$path $word" in',
		...nodes.slice(1).map(({path}) => `\t\t\t'${path}') path='${path}' ;;`),
		'\t\tesac',
		'\tdone',
		'\tcase $path in',
		...nodes.flatMap(node => [
			`\t\t'${node.path}')`,
			...valueCases(node.options),
			`\t\t\toptions='${node.options.flatMap(({names}) => names).join(' ')}'`,
			`\t\t\twords='${[...node.commands.map(({name}) => name), ...node.choices].join(' ')}'`,
			'\t\t\t;;',
		]),
		'\tesac',
		'\tif [[ $cur == -* ]]; then words=$options; fi',
		'\tCOMPREPLY=($(compgen -W "$words" -- "$cur"))',
		'}',
		`complete -o default -F _${root.name} ${root.name}`,
		'',
	].join('\n');
}

// Where no list is known a value is left to readline: it may be a file.
function valueCases(options: readonly OptionNode[]): readonly string[] {
	const valued = options.filter(({takesValue}) => takesValue);
	return valued.length === 0
		? []
		: [
				'\t\t\tcase $prev in',
				...valued.map(
					({names, choices}) =>
						`\t\t\t\t${names.join('|')}) COMPREPLY=(${choices.length === 0 ? '' : `$(compgen -W '${choices.join(' ')}' -- "$cur")`}); return ;;`,
				),
				'\t\t\tesac',
			];
}
