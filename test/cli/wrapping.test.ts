import test from 'ava';
import {hanging, widthOf, wrapped} from '../../cli/render/columns.ts';
import {gitRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {writeTree} from '../helpers/temporary-tree.ts';

for (const [text, columns, lines] of [
	['', 10, ['']],
	['one two', 10, ['one two']],
	['one two three', 7, ['one two', 'three']],
	['a/very/long/path b', 6, ['a/very', '/long/', 'path b']],
	['猫猫猫 猫', 5, ['猫猫', '猫 猫']],
	['猫猫猫', 1, ['猫', '猫', '猫']],
] as const) {
	test(`"${text}" in ${columns} columns`, t => {
		t.deepEqual(wrapped(text, columns), [...lines]);
	});
}

test('what hangs is painted line by line, and stays whole where no terminal is', t => {
	const paint = (text: string) => `<${text}>`;
	const text = 'aaaaaaaaaa bbbbbbbbbb cc';
	t.is(hanging(text, 2, {columns: 23, wraps: true}, paint), '  <aaaaaaaaaa bbbbbbbbbb>\n  <cc>');
	t.is(hanging(text, 2, {columns: 23}, paint), `  <${text}>`);
});

test('a tree fits into a terminal of 80 columns, and says the same', async t => {
	const names = Array.from({length: 6}, (_, at) => `src/a-folder-with-a-long-name/file-${at}.js`);
	const dir = gitRepository(t, {
		Dockerfile: `FROM scratch AS build\nCOPY src /src\nRUN ${'compile '.repeat(20)}\n`,
		...Object.fromEntries(names.map(name => [name, 'a\n'])),
	});
	writeTree(dir, Object.fromEntries(names.map(name => [name, 'b\n'])));
	const args = ['plan', '--offline', '--since=HEAD'];
	const env = {PATH: process.env['PATH'] ?? ''};
	const piped = await runInProcess(args, dir, env);
	const shown = await runInProcess(args, dir, env, '', 80);
	const cause = piped.stdout.split('\n').find(line => line.includes('files changed')) ?? '';
	t.true(widthOf(cause) > 80, piped.stdout);
	const lines = shown.stdout.split('\n').filter(line => line.startsWith(' '));
	t.deepEqual(
		lines.filter(line => widthOf(line) > 80),
		[],
	);
	t.true(
		lines
			.map(line => line.trim())
			.join(' ')
			.includes(cause.trim()),
		shown.stdout,
	);
});
