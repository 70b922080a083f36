import test from 'ava';
import {cutTo, hanging, widthOf, wrapped} from '../../cli/render/columns.ts';
import {gitRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {writeTree} from '../helpers/temporary-tree.ts';

for (const [text, columns, lines] of [
	['', 10, ['']],
	['one two', 10, ['one two']],
	['one two three', 7, ['one two', 'three']],
	['a/very/long/path b', 6, ['a/very', '/long/', 'path b']],
	['猫猫猫 猫', 4, ['猫猫', '猫 猫']],
	['猫猫猫', 1, ['猫', '猫', '猫']],
] as const) {
	test(`"${text}" in ${columns} columns`, t => {
		t.deepEqual(wrapped(text, columns), [...lines]);
	});
}

test('what hangs is painted line by line, and stays whole where no terminal is', t => {
	const paint = (text: string) => `<${text}>`;
	t.is(
		hanging('aaaaaaaaaa bbbbbbbbbb cc', 2, {columns: 23, wraps: true}, paint),
		'  <aaaaaaaaaa bbbbbbbbbb>\n  <cc>'.replace(' bbbbbbbbbb>\n  <cc', ' bbbbbbbbbb>\n  <cc'),
	);
	t.is(hanging('aaaaaaaaaa bbbbbbbbbb cc', 2, {columns: 23}, paint), '  <aaaaaaaaaa bbbbbbbbbb cc>');
	t.is(cutTo('abc', 2), 'a…');
});

test('a tree fits into a terminal of 80 columns, and says the same', async t => {
	const names = Array.from({length: 6}, (_, at) => `src/a-folder-with-a-long-name/${'x'.repeat(10)}-${at}.js`);
	const files = Object.fromEntries(names.map(name => [name, 'a\n']));
	const dir = gitRepository(t, {
		Dockerfile: `FROM example.test/a/base/with-a-long-name:1.2.3 AS build\nCOPY src /src\nRUN ${'compile '.repeat(20)}\nFROM scratch\nCOPY --from=build /src /a\n`,
		...files,
	});
	writeTree(dir, Object.fromEntries(names.map(name => [name, 'b\n'])));
	for (const args of [
		['plan', '--offline', '--engine=none'],
		['plan', '--offline', '--since=HEAD'],
	]) {
		const env = {PATH: process.env['PATH'] ?? ''};
		const piped = await runInProcess(args, dir, env);
		const shown = await runInProcess(args, dir, env, '', 80);
		const steps = shown.stdout.split('\n').filter(line => /^ /.test(line));
		t.true(steps.length > 5, shown.stdout);
		t.deepEqual(
			steps.filter(line => widthOf(line) > 80),
			[],
		);
		const causes = (text: string) => text.replaceAll(/(?:compile )+\S*|\s+/g, ' ');
		t.is(causes(shown.stdout).includes('changed:'), causes(piped.stdout).includes('changed:'));
		t.true(causes(piped.stdout).length > 0);
	}
});
