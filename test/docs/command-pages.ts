import type {Command} from '../../cli/commander.ts';
import {allCommands} from '../../cli/completion/command-tree.ts';
import {examples, pathOf} from '../../cli/examples.ts';
import {createProgram} from '../../cli/program.ts';

/** One page a command, by its file name in docs/commands, from the very tree that the program runs. */
export function commandPages(): ReadonlyMap<string, string> {
	const program = createProgram('', async () => {});
	return new Map(allCommands(program).map(command => [fileName(command), pageOf(command)]));
}

function fileName(command: Command): string {
	return `${pathOf(command).replaceAll(' ', '-')}.md`;
}

function pageOf(command: Command): string {
	const help = command.createHelp();
	const path = pathOf(command);
	const usage = `${path} ${command.usage()}`.trim();
	const table = (title: string, rows: readonly (readonly [term: string, text: string])[]): readonly string[] =>
		rows.length === 0
			? []
			: [
					'',
					`## ${title}`,
					'',
					'| | |',
					'| --- | --- |',
					...rows.map(([term, text]) => `| \`${term}\` | ${cell(text)} |`),
				];
	return [
		'<!-- Written by "npm run docs". -->',
		`# ${path}`,
		'',
		command.description(),
		'',
		'```text',
		usage,
		'```',
		...table(
			'Commands',
			command.commands.map(sub => [sub.name(), `[${cell(sub.summary())}](${fileName(sub)})`]),
		),
		...table(
			'Arguments',
			help.visibleArguments(command).map(one => [help.argumentTerm(one), help.argumentDescription(one)]),
		),
		...table(
			'Options',
			help.visibleOptions(command).map(one => [help.optionTerm(one), help.optionDescription(one)]),
		),
		'',
		'## Examples',
		'',
		'```sh',
		...(examples.get(path) ?? []).flatMap(({about, command: line}) => [`# ${about}`, line]),
		'```',
		'',
	].join('\n');
}

function cell(text: string): string {
	return text.replace(/[|<>]/g, character => `&#${character.charCodeAt(0)};`);
}
