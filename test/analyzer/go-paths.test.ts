import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {matchPath} from '../../analyzer/keys/go-match.ts';
import {basePath, cleanPath, joinPath, normalizeDestination} from '../../analyzer/keys/go-path.ts';

// The tables of Go's own tests (path/path_test.go, path/match_test.go), as far as they show a difference.
const paths: readonly (readonly [path: string, clean: string, base: string])[] = [
	['', '.', '.'],
	['abc', 'abc', 'abc'],
	['.', '.', '.'],
	['..', '..', '..'],
	['../..', '../..', '..'],
	['/', '/', '/'],
	['////', '/', '/'],
	['/abc', '/abc', 'abc'],
	['abc/', 'abc', 'abc'],
	['./', '.', '.'],
	['../', '..', '..'],
	['/abc/', '/abc', 'abc'],
	['abc//def//ghi', 'abc/def/ghi', 'ghi'],
	['//abc//', '/abc', 'abc'],
	['abc/./def', 'abc/def', 'def'],
	['/./abc/def', '/abc/def', 'def'],
	['abc/.', 'abc', '.'],
	['abc/def/ghi/../jkl', 'abc/def/jkl', 'jkl'],
	['abc/def/..', 'abc', '..'],
	['abc/def/../..', '.', '..'],
	['/abc/def/../..', '/', '..'],
	['abc/def/../../..', '..', '..'],
	['/abc/def/../../..', '/', '..'],
	['abc/def/../../../ghi/jkl/../../../mno', '../../mno', 'mno'],
	['abc//./../def', 'def', 'def'],
	['abc/../../././../def', '../../def', 'def'],
];

test('Go path.Clean and path.Base', t => {
	for (const [input, clean, base] of paths) {
		t.is(cleanPath(input), clean, input);
		t.is(basePath(input), base, input);
	}
});

test('Go path.Join', t => {
	const table: readonly (readonly [parts: readonly string[], joined: string])[] = [
		[[], ''],
		[[''], ''],
		[['a'], 'a'],
		[['a', 'b'], 'a/b'],
		[['a', ''], 'a'],
		[['', 'b'], 'b'],
		[['/', 'a'], '/a'],
		[['/', ''], '/'],
		[['a/', 'b'], 'a/b'],
		[['', ''], ''],
		[['/a', '../../b'], '/b'],
	];
	for (const [parts, joined] of table) {
		t.is(joinPath(...parts), joined, JSON.stringify(parts));
	}
});

test('a cleaned path stays as it is, and Node agrees but for the slash at the end', t => {
	const text = fc.array(fc.constantFrom('/', '.', '..', 'a', 'b', '//'), {maxLength: 8}).map(parts => parts.join(''));
	const property = fc.property(text, input => {
		const clean = cleanPath(input);
		t.is(cleanPath(clean), clean);
		t.is(clean, path.posix.normalize(input).replace(/(?<=.)\/$/, ''));
	});
	t.notThrows(() => fc.assert(property));
});

test('a destination keeps what says that it is a folder', t => {
	const table: readonly (readonly [parent: string, destination: string, result: string])[] = [
		['/', 'a', '/a'],
		['/src', 'a', '/src/a'],
		['/src', './a/', '/src/a/'],
		['/src', '.', '/src'],
		['/src', './', '/src/'],
		['/src', '/', '/'],
		['/src', '/x/.', '/x/.'],
		['/src', '/.', '/.'],
		['/src', '../x', '/x'],
		['/src', '/a//b/', '/a/b/'],
	];
	for (const [parent, destination, result] of table) {
		t.is(normalizeDestination(parent, destination), result, `${parent} ${destination}`);
	}
});

const matches: readonly (readonly [pattern: string, name: string, matched: boolean])[] = [
	['abc', 'abc', true],
	['*', 'abc', true],
	['*c', 'abc', true],
	['a*', 'a', true],
	['a*', 'ab/c', false],
	['a*/b', 'abc/b', true],
	['a*/b', 'a/c/b', false],
	['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
	['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
	['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
	['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
	['a*b?c*x', 'abxbbxdbxebxczzx', true],
	['a*b?c*x', 'abxbbxdbxebxczzy', false],
	['ab[c]', 'abc', true],
	['ab[b-d]', 'abc', true],
	['ab[e-g]', 'abc', false],
	['ab[^c]', 'abc', false],
	['ab[^b-d]', 'abc', false],
	['ab[^e-g]', 'abc', true],
	['a\\*b', 'a*b', true],
	['a\\*b', 'ab', false],
	['a?b', 'a☺b', true],
	['a[^a]b', 'a☺b', true],
	['a???b', 'a☺b', false],
	['[a-ζ]*', 'α', true],
	['*[a-ζ]', 'A', false],
	['a?b', 'a/b', false],
	['a*b', 'a/b', false],
	['[\\]a]', ']', true],
	['[\\-]', '-', true],
	['[x\\-]', '-', true],
	['[x\\-]', 'z', false],
	['[\\-x]', 'x', true],
	['*x', 'xxx', true],
	// Go never goes back to an earlier star: the first [^a] takes the b, and the last star cannot take the slash.
	['*[^a]*', 'b/', false],
];

test('Go path.Match', t => {
	for (const [pattern, name, matched] of matches) {
		t.is(matchPath(pattern, name), matched, `${pattern} ${name}`);
	}

	for (const pattern of ['[]a]', '[-]', '[x-]', '[-x]', '\\', '[a-b-c]', '[', '[^', '[^bc', 'a[', 'a/b[']) {
		t.is(matchPath(pattern, 'a'), undefined, pattern);
	}
});

// Where no class takes a slash, going back to the last star only gives what full backtracking gives.
test('path.Match is what the regular expression says', t => {
	const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '/', '[ab]', '[^a/]'), {maxLength: 8});
	const name = fc.array(fc.constantFrom('a', 'b', '/', 'c'), {maxLength: 8}).map(parts => parts.join(''));
	const translate: Readonly<Record<string, string>> = {'*': '[^/]*', '?': '[^/]'};
	const property = fc.property(pattern, name, (tokens, text) => {
		const expression = new RegExp(`^${tokens.map(token => translate[token] ?? token).join('')}$`);
		t.is(matchPath(tokens.join(''), text), expression.test(text));
	});
	t.notThrows(() => fc.assert(property, {numRuns: 5000}));
});
