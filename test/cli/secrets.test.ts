import test from 'ava';
import {runInProcess} from '../helpers/in-process.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const mistakes = test.macro({
	async exec(t, args: readonly string[], stderr: RegExp) {
		const dir = temporaryTree(t, {Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': 'a\n'});
		const result = await runInProcess(['build', '.', ...args], dir);
		t.is(result.exitCode, 2);
		t.regex(result.stderr, stderr);
		t.false(result.stderr.includes('hunter2'));
	},
	title: (_, args: readonly string[]) => `mistake: ${args.join(' ')}`,
});

test(
	mistakes,
	['--secret', 'id=a,value=hunter2'],
	/a --secret has no "value"\n {2}hint: write --secret id=NAME,src=FILE/,
);
test(mistakes, ['--secret', 'hunter2'], /without "="/);
test(mistakes, ['--secret', 'id=a,src=none'], /the secret "a" cannot be read from "none": ENOENT/);
test(mistakes, ['--ssh', 'default'], /SSH_AUTH_SOCK is not set\n {2}hint: .*--ssh default=FILE/);
