import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, rmSync, utimesSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {dedupePaths} from '../../analyzer/context/selector.ts';
import {dialectOf, newestDialect, openContext, sha256} from '../../analyzer/index.ts';
import {contentRecord} from '../helpers/pipeline.ts';
import {type TreeEntry, temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

// The hashes of BuildKit's cache/contenthash, written down a second time: what a file, a link and a folder hash to.
const header = (mode: number, size: number, type: number, link = '') =>
	`namemode${mode}uid0gid0size${size}typeflag${type}linkname${link}unamegnamedevmajor0devminor0`;
const file = (text: string, mode = 0o644): string => sha256(header(mode, Buffer.byteLength(text), 0) + text);
const link = (target: string): string => sha256(header(0o777, 0, 2, target));
const folderHeader = (mode = 0o755): string => sha256(header(mode, 0, 5));
const folder = (children: readonly (readonly [name: string, digest: string])[], head = folderHeader()): string =>
	sha256(`\0${head}${children.map(([name, digest]) => `\0${name}${digest}`).join('')}`);
const root = (children: readonly (readonly [name: string, digest: string])[]): string => folder(children, sha256(''));
const record = (digest: string): string => sha256(`${sha256(digest)}@-1`);

const tree = {
	'a.txt': 'a\n',
	'run.sh': {text: '#!/bin/sh\n', mode: 0o755},
	'lib/b.txt': 'b\n',
	'lib/deep/c.txt': 'c\n',
	'lib/link': {link: 'b.txt'},
	'to-lib': {link: 'lib'},
	'to-a': {link: '/a.txt'},
	empty: {folderMode: 0o755},
} as const;

const lib = folder([
	['b.txt', file('b\n')],
	['deep', folder([['c.txt', file('c\n')]])],
	['link', link('b.txt')],
]);

test('files, folders and links', t => {
	const dir = temporaryTree(t, tree);
	const table: readonly (readonly [path: string, digest: string])[] = [
		['/a.txt', file('a\n')],
		['/run.sh', file('#!/bin/sh\n', 0o755)],
		['/lib', lib],
		['/lib/', lib],
		['/lib/deep/c.txt', file('c\n')],
		['/empty', folder([])],
		// Links are followed inside the context, an absolute one from its root.
		['/lib/link', file('b\n')],
		['/to-a', file('a\n')],
		['/to-lib', lib],
		['/to-lib/b.txt', file('b\n')],
		['/to-lib/../a.txt', file('a\n')],
		['/../../a.txt', file('a\n')],
	];
	for (const [selected, digest] of table) {
		t.is(contentRecord(dir, selected), record(digest), selected);
	}

	t.is(contentRecord(dir, '/lib/link', {followLinks: false}), record(link('b.txt')));
	t.is(contentRecord(dir, '/to-lib/link', {followLinks: false}), record(link('b.txt')));
});

test('links that a pattern selects are followed on the first level, in old versions on all', t => {
	const dir = temporaryTree(t, {'lib/link': {link: 'b.txt'}, 'lib/b.txt': 'b\n', 'l.txt': {link: 'lib/b.txt'}});
	const expected = (inner: string) =>
		record(sha256([`l.txt${file('b\n')}`, `lib${folderHeader()}`, `b.txt${file('b\n')}`, `link${inner}`].join('\0')));
	const recordIn = (version: string) =>
		contentRecord(dir, '/l*', {wildcard: true, dialect: dialectOf(version) ?? newestDialect});
	t.is(recordIn('0.24'), expected(file('b\n')));
	t.is(recordIn('0.25'), expected(link('b.txt')));
});

test('the whole context: the mode of its root does not count', t => {
	const dir = temporaryTree(t, {b: 'b', 'a.d/x': 'x', 'a/y': 'y'});
	// In byte order of the names: "a" before "a.d", though "a/" would come behind it.
	const whole = root([
		['a', folder([['y', file('y')]])],
		['a.d', folder([['x', file('x')]])],
		['b', file('b')],
	]);
	t.is(contentRecord(dir, '/'), record(whole));
	chmodSync(dir, 0o700);
	t.is(contentRecord(dir, '/'), record(whole));
});

test('modes count, also setuid and those of folders; times do not', t => {
	const dir = temporaryTree(t, {f: {text: 'f', mode: 0o4755}, d: {folderMode: 0o1777}});
	utimesSync(path.join(dir, 'f'), 1, 1);
	t.is(contentRecord(dir, '/f'), record(file('f', 0o4755)));
	t.is(contentRecord(dir, '/d'), record(folder([], folderHeader(0o1777))));
});

test('a big file is hashed whole', t => {
	const text = 'x'.repeat(3_000_000);
	const dir = temporaryTree(t, {big: text});
	t.is(contentRecord(dir, '/big'), record(file(text)));
});

test('names that are not ASCII come in the order of their bytes', t => {
	// In UTF-16 the order of these two is the other way round.
	const dir = temporaryTree(t, {'\uFFFD': '1', '\u{1F600}': '2'});
	t.is(
		contentRecord(dir, '/'),
		record(
			root([
				['\uFFFD', file('1')],
				['\u{1F600}', file('2')],
			]),
		),
	);
});

test('what is not there', t => {
	const dir = temporaryTree(t, {...tree, loop: {link: 'loop'}, ring: {link: './ring/x'}, dangling: {link: 'no'}});
	for (const selected of ['/no', '/a.txt/x', '/loop', '/ring', '/dangling', '/lib/no/x', '/dangling/x']) {
		t.is(contentRecord(dir, selected), JSON.stringify({kind: 'missing', path: selected}));
	}

	t.is(contentRecord(dir, '/loop', {followLinks: false}), record(link('loop')));
});

/** `by PATTERN`, `meant PATH` or nothing, for a path that is not in the context. */
const missing = test.macro(
	(t, files: Readonly<Record<string, TreeEntry>>, selected: string, ignore: string, expected: string) => {
		const dir = temporaryTree(t, files);
		const problem = JSON.parse(contentRecord(dir, selected, {ignore})) as Record<string, string>;
		t.is(problem['kind'], 'missing');
		t.is(problem['path'], selected);
		const {excludedBy, meant} = problem;
		t.is([excludedBy && `by ${excludedBy}`, meant && `meant ${meant}`].filter(Boolean).join(' '), expected);
	},
);

const app = {'src/main/app.js': '', 'src/main/old.js': '', 'src/test/app.js': '', README: '', here: {link: 'src/main'}};
test('a misspelt file', missing, app, '/src/main/appp.js', '', 'meant /src/main/app.js');
test('a misspelt folder', missing, app, '/src/mian/old.js', '', 'meant /src/main/old.js');
test('a misspelt folder that has not the file', missing, app, '/src/tset/old.js', '', '');
test('two misspelt names', missing, app, '/src/mian/odl.js', '', '');
test('another case', missing, app, '/readme', '', 'meant /README');
test('a misspelt file behind a link', missing, app, '/here/odl.js', '', 'meant /here/old.js');
test('a short name', missing, {'a.c': '', b: ''}, '/c', '', '');
test(
	'a misspelt file whose own name is ignored',
	missing,
	{'main.c': '', 'mian.c': ''},
	'/mian.c',
	'mian.c',
	'by mian.c',
);
test('a near name that is ignored', missing, app, '/src/main/appp.js', '**/app.js', '');
test('an ignored folder', missing, app, '/src/main/app.js', 'src', 'by src');
test('an ignored folder with an exception', missing, app, '/src/main/app.js', 'src\n!src/main/old.js', 'by src');
test('the last pattern that leaves it out', missing, app, '/README', '*\n!README\nREAD*', 'by READ*');
test('an ignored folder that has not the file', missing, app, '/src/no.js', 'src', '');
test('ignored behind a link', missing, app, '/here/old.js', '**/old.js', 'by **/old.js');
test('a pattern, and nothing on the disk', missing, app, '/other.js', '*.js', '');

test('wildcards: the entries in tree order, folders as headers with all that is in them', t => {
	const dir = temporaryTree(t, tree);
	const wildcard = (selected: string, since: string) =>
		contentRecord(dir, selected, {wildcard: true, dialect: dialectOf(since) ?? newestDialect});
	const entries = (list: readonly (readonly [name: string, digest: string])[], separator = '\0') =>
		record(sha256(list.map(([name, digest]) => name + digest).join(separator)));
	t.is(wildcard('/*.none', '0.25'), record(sha256('')));
	t.is(wildcard('/a*', '0.25'), entries([['a.txt', file('a\n')]]));
	t.is(
		wildcard('/lib/[bd]*', '0.25'),
		entries([
			['b.txt', file('b\n')],
			['deep', folderHeader()],
			['c.txt', file('c\n')],
		]),
	);
	t.is(
		wildcard('/lib/[bd]*', '0.26'),
		entries(
			[
				['\0b.txt', file('b\n')],
				['\0deep', folderHeader()],
				['\0deep\0c.txt', file('c\n')],
			],
			'',
		),
	);
	t.is(wildcard('/[', '0.25'), JSON.stringify({kind: 'bad-pattern', pattern: '/['}));
});

test('exclude patterns of COPY', t => {
	const dir = temporaryTree(t, tree);
	t.is(
		contentRecord(dir, '/lib', {exclude: ['deep', 'link'], dialect: dialectOf('0.25') ?? newestDialect}),
		record(sha256([`lib${folderHeader()}`, `b.txt${file('b\n')}`].join('\0'))),
	);
});

test('.dockerignore: what is left out has no digest, and is no part of its folder', t => {
	const dir = temporaryTree(t, tree);
	const excluded = {kind: 'missing', path: '/a.txt', excludedBy: 'a.txt'};
	t.is(contentRecord(dir, '/a.txt', {ignore: 'a.txt\n'}), JSON.stringify(excluded));
	t.is(contentRecord(dir, '/lib', {ignore: 'lib/deep\n**/link\n'}), record(folder([['b.txt', file('b\n')]])));
	t.is(contentRecord(dir, '/lib', {ignore: '# lib\n\n'}), record(lib));
	// A folder that is ignored comes back for what a later pattern lets in.
	const deep = folder([['deep', folder([['c.txt', file('c\n')]])]]);
	t.is(contentRecord(dir, '/lib', {ignore: 'lib\n!lib/deep\n'}), record(deep));
	t.is(contentRecord(dir, '/', {ignore: '*\n!lib/deep\n'}), record(root([['lib', deep]])));
	t.is(contentRecord(dir, '/', {ignore: '*\n'}), record(root([])));
});

test('a folder is not read before something in it is asked for', t => {
	const dir = temporaryTree(t, tree);
	const context = openContext(dir, undefined);
	const opened = context.child(context.root, 'lib');
	rmSync(path.join(dir, 'lib'), {recursive: true});
	t.is(opened?.kind, 'directory');
	t.is(context.child(context.root, 'a.txt')?.size, 2);
});

test('pipes are hashed by their header', t => {
	const dir = temporaryTree(t, {'d/a': 'a'});
	if (process.platform === 'win32' || !existsSync('/usr/bin/mkfifo')) {
		t.log('not run: there is no mkfifo');
		t.pass();
		return;
	}

	execFileSync('mkfifo', ['-m', '600', path.join(dir, 'd', 'pipe')]);
	const children = [
		['a', file('a')],
		['pipe', sha256(header(0o600, 0, 6))],
	] as const;
	t.is(contentRecord(dir, '/d'), record(folder(children)));
});

test('a socket is not sent', async t => {
	const dir = temporaryTree(t, {'d/a': 'a'});
	const server = createServer().listen(path.join(dir, 'd', 'socket'));
	t.teardown(() => server.close());
	await once(server, 'listening');
	t.is(contentRecord(dir, '/d'), record(folder([['a', file('a')]])));
});

// Any tree of a few files.
const nameArbitrary = fc.constantFrom('a', 'b', 'a.b', 'A', 'é');
const pathArbitrary = fc.array(nameArbitrary, {minLength: 1, maxLength: 3}).map(parts => parts.join('/'));
const treeArbitrary = fc.dictionary(pathArbitrary, fc.string({maxLength: 4}), {minKeys: 1, maxKeys: 6}).map(files => {
	// A path cannot be both a file and a folder.
	const names = Object.keys(files);
	return Object.fromEntries(
		Object.entries(files).filter(([name]) => !names.some(other => other.startsWith(`${name}/`))),
	);
});

test('the digest of a tree does not depend on how it came about, and any change of content changes it', t => {
	const property = fc.property(treeArbitrary, fc.nat(), (files, at) => {
		const names = Object.keys(files);
		const forward = temporaryTree(t, files);
		const backward = temporaryTree(t, Object.fromEntries(Object.entries(files).reverse()));
		const before = contentRecord(forward, '/');
		t.is(contentRecord(backward, '/'), before);
		const name = names[at % names.length] ?? '';
		writeTree(backward, {[name]: `${files[name]}!`});
		t.not(contentRecord(backward, '/'), before);
		writeTree(backward, {[name]: files[name] ?? ''});
		t.is(contentRecord(backward, '/'), before);
		chmodSync(path.join(backward, name), 0o600);
		t.not(contentRecord(backward, '/'), before);
	});
	t.notThrows(() => fc.assert(property, {numRuns: 50}));
});

test('ignoring a file is the same as not having it', t => {
	const property = fc.property(treeArbitrary, fc.nat(), (files, at) => {
		const names = Object.keys(files);
		const name = names[at % names.length] ?? '';
		const dir = temporaryTree(t, files);
		const ignored = contentRecord(dir, '/', {ignore: `${name}\n`});
		rmSync(path.join(dir, name));
		t.is(contentRecord(dir, '/'), ignored);
	});
	t.notThrows(() => fc.assert(property, {numRuns: 50}));
});

test('paths below others are dropped', t => {
	t.deepEqual(dedupePaths(['/lib/x', '/lib', '/library', '/a', '/a']), ['/a', '/lib', '/library']);
	t.deepEqual(dedupePaths(['/', '/a']), ['/']);
});
