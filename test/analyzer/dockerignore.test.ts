import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {
	compilePatterns,
	type IgnoreMatcher,
	type MatchInfo,
	parseIgnoreFile,
} from '../../analyzer/context/dockerignore.ts';

function compile(patterns: readonly string[]): IgnoreMatcher {
	const result = compilePatterns(patterns);
	if (result.kind === 'failed') {
		throw new Error(`internal: ${result.message}`);
	}

	return result.matcher;
}

/** As a walker does it: from the first folder down, each told what the one above gave. */
function walkTo(matcher: IgnoreMatcher, path: string): boolean {
	const parts = path.split('/');
	const last = parts.reduce<MatchInfo | undefined>(
		(parent, _, index) => matcher.matches(parts.slice(0, index + 1).join('/'), parent),
		undefined,
	);
	return last?.excluded ?? false;
}

test('reads an ignore file', t => {
	const text = '\ufeff# c\n\n a \t\n #b\n/x/./y//../z/\n! /q\n!\n/\n..\r\n  \n\u00a0c\u00a0';
	t.deepEqual(parseIgnoreFile(text), ['a', '#b', 'x/z', '!q', '!', '/', '..', 'c']);
});

const ignores = test.macro({
	exec(t: ExecutionContext, patterns: readonly string[], ignored: readonly string[], kept: readonly string[]) {
		const matcher = compile(patterns);
		t.deepEqual(
			[...ignored, ...kept].filter(path => walkTo(matcher, path)),
			ignored,
		);
	},
	title: (_, patterns: readonly string[] = []) => `ignores by ${JSON.stringify(patterns)}`,
});

test(ignores, ['a'], ['a', 'a/b', 'a/b/c'], ['b', 'ab', 'b/a']);
test(ignores, ['*', '!src'], ['a', 'b/c'], ['src', 'src/x.js']);
test(ignores, ['*.md', '!README*.md', 'README-secret.md'], ['a.md', 'README-secret.md'], ['README.md', 'b/a.md']);
test(ignores, ['**/*.md'], ['a.md', 'b/c/a.md'], ['a.mdx']);
test(ignores, ['**/foo'], ['foo', 'a/foo', 'a/foo/b'], ['food', 'a/afoo/b']);
test(ignores, ['foo/**'], ['foo/a', 'foo/a/b'], ['foo', 'foob']);
test(ignores, ['**.js'], ['a.js', 'b/c.js'], ['a.jsx']);
test(ignores, ['a/**/b'], ['a/b', 'a/x/b', 'a/x/y/b', 'a/b/c'], ['a', 'ab']);
test(ignores, ['**'], ['a', 'a/b'], []);
test(ignores, ['a?c', 'x/[b-d]', '[^q]z'], ['abc', 'x/c', 'az'], ['a/c', 'ac', 'x/a', 'qz', 'xaz']);
test(ignores, ['a\\*b', 'a+b', '(p)', 'q$'], ['a*b', 'a+b', '(p)', 'q$'], ['axb', 'aab', 'p']);
test(ignores, ['node_modules', '!node_modules/keep/*'], ['node_modules', 'node_modules/x'], ['node_modules/keep/x']);
// moby/patternmatcher makes regular expressions of patterns a character at a time; this is what comes out.
test(ignores, ['[*]x'], ['[]x', '[^/]x'], ['*x', 'ax']);
test(ignores, ['src|*b'], ['src', 'srcx', 'qb'], ['a', 'bq']);
test(ignores, ['a{2}*'], ['aa', 'aab'], ['a', 'ab']);
test(ignores, ['*.{js,ts}'], ['a.{js,ts}'], ['a.js']);
test(ignores, ['\\d', '\\w\\.\\x41'], ['1', 'q.A'], ['d', 'qxA']);
test(ignores, ['[[:alpha:]-]1', '\\pLx?'], ['a1', '-1', 'éxy'], ['11', 'x']);

const invalid = test.macro({
	exec(t: ExecutionContext, pattern: string) {
		const result = compilePatterns(['a', pattern]);
		t.is(result.kind === 'failed' ? result.pattern : undefined, pattern);
	},
	title: (_, pattern = '') => `refuses the pattern ${JSON.stringify(pattern)}`,
});

for (const pattern of [
	'!',
	'[',
	'a[',
	'![',
	'[]',
	'[]a]',
	'[a-]',
	'[-x]',
	'a\\',
	'[z-a]',
	'\\y',
	'\\1',
	'a{1001}?',
	'[[:no:]]',
]) {
	test(invalid, pattern);
}

test('tells which excluded folders must be walked', t => {
	t.false(compile(['a']).mayHoldIncluded('a'));
	const plain = compile(['*', '!a/b/c', '!d/**']);
	t.deepEqual(
		['a', 'a/b', 'a/b/c', 'a/x', 'ab', 'd', 'd/e'].filter(folder => plain.mayHoldIncluded(folder)),
		['a', 'a/b', 'a/b/c', 'd'],
	);
	t.true(compile(['*', '!**/keep']).mayHoldIncluded('any/where'));
	t.true(plain.hasExclusions);
	t.false(compile(['a', '']).hasExclusions);
});

// What patternmatcher itself gives for these; its two ways to match differ here.
test('a walker keeps what it once found of a folder, and so can differ from the path alone', t => {
	const matcher = compile(['a', '!a/b', 'a']);
	const info = matcher.matches('a');
	t.deepEqual(info, {excluded: true, matched: [true, false, false]});
	t.deepEqual(matcher.matches('a/b', info), {excluded: false, matched: [true, true, false]});
	t.deepEqual(matcher.matches('a/b'), {excluded: true, matched: [true, true, true]});
});

test('patterns built to explode do not', t => {
	const matcher = compile([`${'*a'.repeat(30)}b`, `${'**/'.repeat(30)}*x`, `${'[^b]*'.repeat(30)}q`]);
	t.false(walkTo(matcher, `${'a'.repeat(200)}/${'a/'.repeat(20)}c`));
});

test('arbitrary files and paths never throw, and an answer is the same twice', t => {
	const line = fc.string({unit: fc.constantFrom(...'*?/ab.![]^-\\{}|0,(:\u00e9# '), maxLength: 12});
	fc.assert(
		fc.property(fc.array(line, {maxLength: 5}), fc.array(line, {minLength: 1, maxLength: 4}), (lines, paths) => {
			const result = compilePatterns(parseIgnoreFile(lines.join('\n')));
			if (result.kind === 'compiled') {
				for (const path of paths) {
					t.is(walkTo(result.matcher, path), walkTo(result.matcher, path));
				}
			}
		}),
	);
	t.pass();
});

test('a pattern added at the end that cannot match changes nothing', t => {
	const pattern = fc.constantFrom('a', '*', '!a', 'a/*', '**/b', '!**/b', 'b/**', '!b');
	const path = fc.constantFrom('a', 'b', 'a/b', 'b/a', 'a/b/a', 'c');
	fc.assert(
		fc.property(
			fc.array(pattern, {maxLength: 4}),
			path,
			fc.constantFrom('nothing', '!nothing'),
			(patterns, at, last) => {
				t.is(walkTo(compile(patterns), at), walkTo(compile([...patterns, last]), at));
			},
		),
	);
});
