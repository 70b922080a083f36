import test from 'ava';
import {allNodes, commandTree} from '../../cli/completion/command-tree.ts';
import {createProgram} from '../../cli/program.ts';
import {run} from '../engine/processes.ts';
import {runInProcess} from '../helpers/in-process.ts';

const root = commandTree(createProgram('', async () => {}));
const nodes = allNodes(root);

const script = async (shell: string) => (await runInProcess(['completion', shell], '.')).stdout;

test('the tree has every command and option that help shows', async t => {
	t.true(nodes.length > 10);
	for (const {path, options, commands} of nodes) {
		const {stdout} = await runInProcess([...path.split(' ').slice(1), '--help'], '.');
		const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name = '']) => name);
		const names = options.flatMap(one => one.names);
		t.deepEqual(
			shown.filter(name => !names.includes(name)),
			[],
			path,
		);
		t.true(shown.includes('--help'), path);
		t.deepEqual(
			commands.filter(({name}) => !stdout.includes(`  ${name}`)),
			[],
			path,
		);
	}
});

test('bash completes every command, option and list of values', async t => {
	const probes = nodes.flatMap(({path, options, commands, choices}) => {
		const words = [...commands.map(({name}) => name), ...choices];
		return [
			...(words.length === 0 ? [] : [{line: [...path.split(' '), ''], words}]),
			{
				line: [...path.split(' '), '--'],
				words: options.flatMap(({names}) => names).filter(name => name.startsWith('--')),
			},
			...options
				.filter(one => one.choices.length > 0)
				.flatMap(one => [
					{line: [...path.split(' '), one.names.at(-1) ?? '', ''], words: one.choices},
					{
						line: [...path.split(' '), one.names.at(-1) ?? '', '=', one.choices[0]?.slice(0, 2) ?? ''],
						words: one.choices.slice(0, 1),
					},
				]),
		];
	});
	const asked = probes.map(
		({line}) =>
			`COMP_WORDS=(${line.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}; COMPREPLY=(); _cachecast; echo "\${COMPREPLY[*]}"`,
	);
	const {stdout, stderr, exitCode} = await run('bash', [
		'--norc',
		'-c',
		`${await script('bash')}\n${asked.join('\n')}`,
	]);
	t.is(stderr, '');
	t.is(exitCode, 0);
	const answers = stdout.trimEnd().split('\n');
	t.is(answers.length, probes.length);
	for (const [at, {line, words}] of probes.entries()) {
		const given = answers[at]?.split(' ') ?? [];
		t.deepEqual(
			words.filter(word => !given.includes(word)),
			[],
			line.join(' '),
		);
	}
});

for (const shell of ['zsh', 'fish']) {
	test(`${shell} gets every command and option`, async t => {
		const text = await script(shell);
		for (const {name, options} of nodes) {
			t.true(text.includes(name), name);
			for (const long of options.flatMap(({names}) => names.filter(one => one.startsWith('--')))) {
				t.true(text.includes(shell === 'fish' ? ` -l ${long.slice(2)}` : `'*${long}`), long);
			}
		}
	});
}

test('a shell that is none', async t => {
	const {exitCode, stderr} = await runInProcess(['completion', 'tcsh'], '.');
	t.is(exitCode, 2);
	t.true(stderr.includes('Allowed choices are bash, zsh, fish'), stderr);
});
