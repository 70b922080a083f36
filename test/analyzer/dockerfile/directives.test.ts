import test, {type ExecutionContext} from 'ava';
import {parseCheckComment, parseCheckOptions} from '../../../analyzer/dockerfile/check-options.ts';
import {detectSyntax, findDirective} from '../../../analyzer/dockerfile/directives.ts';
import {suggest} from '../../../analyzer/dockerfile/suggest.ts';

const finds = test.macro({
	exec(t: ExecutionContext, text: string, expected: readonly [value: string, line: number] | undefined) {
		const found = findDirective('check', text);
		t.deepEqual(found && [found.value, found.line], expected);
	},
	title: (_, text = '') => `# check= in ${JSON.stringify(text)}`,
});

test(finds, '# check=skip=all\nFROM a', ['skip=all', 1]);
test(finds, '#CHECK  =  a b \t\r\n', ['a b', 1]);
test(finds, '# syntax=x\n# check=a', ['a', 2]);
test(finds, '#!/bin/sh\n# check=a', ['a', 2]);
test(finds, '# escape=x\n# check=a', ['a', 2]);
test(finds, ' # check=a', undefined);
test(finds, '# note\n# check=a', undefined);
test(finds, '# other=1\n# check=a', undefined);
test(finds, '\n# check=a', undefined);
test(finds, '# check=', undefined);
test(finds, '# check= ', [' ', 1]);
test(finds, '# syntax=a\n# syntax=b\n# check=c', undefined);
test(finds, '# 1check=a', undefined);

test('the syntax is found in three forms', t => {
	t.like(detectSyntax('# syntax = docker/dockerfile:1 opts\nFROM a'), {firstWord: 'docker/dockerfile:1', line: 1});
	t.like(detectSyntax('//syntax=x'), {firstWord: 'x', line: 1});
	t.like(detectSyntax('#!/bin/sh\n// syntax=x'), {firstWord: 'x', line: 2});
	t.like(detectSyntax('{"syntax": "x y"}'), {firstWord: 'x y', line: 0});
	t.is(detectSyntax('{"syntax": 1}'), undefined);
	t.is(detectSyntax('FROM a\n# syntax=x'), undefined);
});

const none = {skip: [], skipAll: false, error: false, experimental: [], experimentalAll: false};

const checks = test.macro({
	exec(t: ExecutionContext, value: string, expected: object | string) {
		const result = parseCheckOptions(value);
		const wanted =
			typeof expected === 'string'
				? {kind: 'failed', message: expected}
				: {kind: 'parsed', options: {...none, ...expected}};
		t.like(result, wanted);
	},
	title: (_, value = '') => `check options ${JSON.stringify(value)}`,
});

test(checks, '', {});
test(checks, ' skip = A , B ; error = T ', {skip: ['A', 'B'], error: true});
test(checks, 'skip=all;experimental=all', {skipAll: true, experimentalAll: true});
test(checks, 'experimental=A,B', {experimental: ['A', 'B']});
test(checks, 'skip=A;skip=B', {skip: ['B']});
test(checks, 'skip', 'check option "skip" has no value');
test(checks, 'error=yes', 'check option "error" must be true or false, not "yes"');
test(checks, 'skip=A;skp=B', 'unknown check option "skp"');
test(checks, 'skip=A;error=0;experimental=B;error=1', {skip: ['A'], error: false, experimental: ['B;error=1']});

test('a comment above an instruction may hold check options', t => {
	t.deepEqual(parseCheckComment(['note', 'check=skip=A and why', 'check=skip=B']), {...none, skip: ['A']});
	t.is(parseCheckComment(['check=nonsense', 'check=skip=B']), undefined);
	t.is(parseCheckComment(['note']), undefined);
});

test('suggests what is two edits away at most', t => {
	t.is(suggest('biulder', ['base', 'builder']), 'builder');
	t.is(suggest('frm', ['FROM', 'RUN']), 'FROM');
	t.is(suggest('from', ['from', 'form']), undefined);
	t.is(suggest('abcdef', ['xyz']), undefined);
	t.is(suggest('ab', ['abc', 'abd']), 'abc');
});
