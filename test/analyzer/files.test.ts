import {createHash} from 'node:crypto';
import test from 'ava';
import {followPath} from '../../analyzer/context/follow-links.ts';
import {applyAction} from '../../analyzer/files/apply-action.ts';
import {applyLayer, type LayerEntry} from '../../analyzer/files/apply-layer.ts';
import {refuseArchive} from '../../analyzer/files/archive.ts';
import {applyModeText} from '../../analyzer/files/chmod.ts';
import {draftOf} from '../../analyzer/files/draft.ts';
import {type FileContent, type FileTree, OpenContent} from '../../analyzer/files/file-tree.ts';
import {mergeSnapshots} from '../../analyzer/files/merge-snapshots.ts';
import {ownerIds} from '../../analyzer/files/owner.ts';
import {type FileNode, fileNode, plainFolder, snapshotTree} from '../../analyzer/files/snapshot.ts';
import {openContext} from '../../analyzer/index.ts';
import type {CopyAction, FileAction, Owner} from '../../analyzer/keys/vertex.ts';
import {type TreeEntry, temporaryTree} from '../helpers/temporary-tree.ts';

function content(text: string | Uint8Array): FileContent {
	const bytes = Buffer.from(text);
	return {
		digest: header => createHash('sha256').update(header).update(bytes).digest('hex'),
		head: limit => bytes.subarray(0, limit),
	};
}

function file(text: string, attributes: Partial<FileNode> = {}): FileNode {
	return {...fileNode({mode: 0o644, uid: 0, gid: 0, size: text.length}, content(text)), ...attributes};
}

const link = (target: string): FileNode => ({...plainFolder, kind: 'symlink', mode: 0o777, link: target});

/** A snapshot of files and folders by their paths; folders above need no entry of their own. */
function snapshot(nodes: Readonly<Record<string, FileNode>>): FileNode {
	const draft = draftOf(plainFolder);
	for (const [path, node] of Object.entries(nodes)) {
		const place = path.split('/');
		for (const [index] of place.slice(1).entries()) {
			const above = place.slice(0, index + 1);
			if (draft.at(above) === undefined) {
				draft.put(above, plainFolder);
			}
		}

		draft.put(place, node);
	}

	return draft.root();
}

/** `path kind mode uid:gid text` of all that is in it, in tree order. */
function listed(root: FileNode): readonly string[] {
	const tree = snapshotTree(root);
	const visit = (parent: FileTree['root']): readonly string[] =>
		tree.children(parent).flatMap(entry => {
			const text = entry.kind === 'file' ? Buffer.from(tree.content(entry).head(100)).toString() : entry.link;
			const doubt = entry.doubt === undefined ? '' : ' ?';
			const line = `${entry.path} ${entry.kind} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${text}${doubt}`;
			return [line.trim(), ...visit(entry)];
		});
	return visit(tree.root);
}

function copy(source: FileTree | FileNode, base: FileNode, action: Partial<CopyAction>): readonly string[] {
	const draft = draftOf(base);
	const full: FileAction = {
		kind: 'copy',
		source: undefined,
		path: '/',
		destination: '/',
		plain: true,
		unpack: false,
		include: [],
		exclude: [],
		required: [],
		...action,
	};
	applyAction(draft, full, {base: snapshotTree(base), source: 'root' in source ? source : snapshotTree(source)});
	return listed(draft.root());
}

const source: FileNode = snapshot({
	'a.txt': file('a', {uid: 7, gid: 8}),
	'b.sh': file('b', {mode: 0o4755}),
	'lib/c.txt': file('c'),
	'lib/deep': {...plainFolder, mode: 0o700, uid: 3},
	'lib/deep/d.txt': file('d'),
	'lib/deep/e.log': file('e'),
	'to-a': link('/a.txt'),
	'to-lib': link('lib'),
});

const emptyBase: FileNode = plainFolder;
const fullBase: FileNode = snapshot({
	'out/lib': {...plainFolder, mode: 0o711, uid: 5},
	'out/lib/old': file('old'),
	'out/file': file('f'),
	tree: link('out'),
	shared: {...plainFolder, mode: 0o2775, gid: 9},
});
const only = (lines: readonly string[], part: RegExp): readonly string[] => lines.filter(line => part.test(line));

const copies: readonly (readonly [
	name: string,
	base: FileNode,
	action: Partial<CopyAction>,
	lines: readonly string[],
])[] = [
	['a file to a name', emptyBase, {path: '/a.txt', destination: '/x'}, ['x file 644 7:8 a']],
	[
		'a file into a new folder',
		emptyBase,
		{path: '/a.txt', destination: '/x/'},
		['x directory 755 0:0', 'x/a.txt file 644 7:8 a'],
	],
	[
		'a link is followed, under its own name',
		emptyBase,
		{path: '/to-a', destination: '/x/'},
		['x directory 755 0:0', 'x/to-a file 644 7:8 a'],
	],
	[
		'what a folder holds',
		emptyBase,
		{path: '/lib', destination: '/x'},
		[
			'x directory 755 0:0',
			'x/c.txt file 644 0:0 c',
			'x/deep directory 700 3:0',
			'x/deep/d.txt file 644 0:0 d',
			'x/deep/e.log file 644 0:0 e',
		],
	],
	[
		'a linked folder',
		emptyBase,
		{path: '/to-lib', destination: '/x', include: ['*.txt']},
		['x directory 755 0:0', 'x/c.txt file 644 0:0 c'],
	],
	[
		'an owner and a mode',
		emptyBase,
		{path: '/lib', destination: '/x/y', owner: {user: 1, group: 2}, mode: 0o755},
		[
			'x directory 755 1:2',
			'x/y directory 755 1:2',
			'x/y/c.txt file 755 1:2 c',
			'x/y/deep directory 755 1:2',
			'x/y/deep/d.txt file 755 1:2 d',
			'x/y/deep/e.log file 755 1:2 e',
		],
	],
	['setuid is kept', emptyBase, {path: '/b.sh', destination: '/x', owner: {user: 1}}, ['x file 4755 1:1 b']],
	['a wildcard', emptyBase, {path: '/*.txt', destination: '/x/'}, ['x directory 755 0:0', 'x/a.txt file 644 7:8 a']],
	['a wildcard that nothing matches', emptyBase, {path: '/*.none', destination: '/x/'}, []],
	[
		'exclusions',
		emptyBase,
		{path: '/lib', destination: '/x', exclude: ['deep', '!deep/d.txt']},
		['x directory 755 0:0', 'x/c.txt file 644 0:0 c', 'x/deep directory 700 3:0', 'x/deep/d.txt file 644 0:0 d'],
	],
	[
		'inclusions make folders only for what is taken',
		emptyBase,
		{path: '/', destination: '/x', include: ['lib/deep/*.log', 'none/*']},
		[
			'x directory 755 0:0',
			'x/lib directory 755 0:0',
			'x/lib/deep directory 700 3:0',
			'x/lib/deep/e.log file 644 0:0 e',
		],
	],
];
for (const [name, base, action, lines] of copies) {
	test(`copying ${name}`, t => {
		t.deepEqual(copy(source, base, action), lines);
	});
}

test('copying over what is there', t => {
	// The named folder keeps its own mode and owner, one below gets those of the source.
	t.deepEqual(only(copy(source, fullBase, {path: '/lib', destination: '/out/lib'}), /^out\/lib( |\/(c|old))/), [
		'out/lib directory 711 5:0',
		'out/lib/c.txt file 644 0:0 c',
		'out/lib/old file 644 0:0 old',
	]);
	t.deepEqual(only(copy(source, fullBase, {path: '/', destination: '/out', mode: 0o755}), /^out\/lib( |\/old)/), [
		'out/lib directory 755 0:0',
		'out/lib/old file 644 0:0 old',
	]);
	// A folder that is only on the way to what is taken gets the mode, but not the owner.
	t.deepEqual(only(copy(source, fullBase, {destination: '/out', include: ['lib/c.txt']}), /^out\/lib /), [
		'out/lib directory 755 5:0',
	]);
	t.deepEqual(only(copy(source, fullBase, {path: '/a.txt', destination: '/out/file'}), /^out\/file/), [
		'out/file file 644 7:8 a',
	]);
	t.deepEqual(only(copy(source, fullBase, {path: '/a.txt', destination: '/tree/lib/old'}), /old/), [
		'out/lib/old file 644 7:8 a',
	]);
	t.deepEqual(listed(fullBase), listed(fullBase));
	t.is(listed(fullBase).length, 6);
});

const refused: readonly (readonly [name: string, action: Partial<CopyAction>])[] = [
	['what is not there', {path: '/none'}],
	['a wildcard in a folder that is not there', {path: '/none/*'}],
	['a folder over a file', {path: '/lib', destination: '/out/file'}],
	['a file over a folder', {path: '/*', destination: '/out', include: []}],
	['into a file', {path: '/a.txt', destination: '/out/file/x'}],
	['into a new folder below one that hands its group on', {path: '/a.txt', destination: '/shared/x/'}],
	['into a new folder with a mode that depends on the version', {path: '/a.txt', destination: '/x/', mode: 0o700}],
	['with a mode that BuildKit takes in its own way', {path: '/a.txt', modeText: 'g=u'}],
];
for (const [name, action] of refused) {
	test(`copying ${name} is left to the build`, t => {
		const other = snapshot({
			...{lib: file('no folder')},
			'out/lib': plainFolder,
			'out/file': file('f'),
			shared: {...plainFolder, mode: 0o2775},
		});
		const base = name === 'a file over a folder' ? snapshot({'out/a.txt': plainFolder}) : other;
		t.throws(() => copy(source, base, action), {instanceOf: OpenContent});
	});
}

test('copying from a build context', t => {
	const entries: Readonly<Record<string, TreeEntry>> = {
		'lib/a.txt': {text: 'a', mode: 0o640},
		'lib/to-a': {link: 'a.txt'},
	};
	const tree = openContext(temporaryTree(t, entries), undefined);
	t.deepEqual(copy(tree, emptyBase, {path: '/l*', destination: '/x/', owner: {user: 4}}), [
		'x directory 755 4:4',
		'x/a.txt file 640 4:4 a',
		'x/to-a symlink 777 4:4 a.txt',
	]);
});

test('folders, documents and merges', t => {
	const draft = draftOf(snapshot({srv: link('/data')}));
	applyAction(
		draft,
		{kind: 'mkdir', path: '/srv/a/b', mode: 0o755, makeParents: true, owner: {user: 3}},
		{base: undefined, source: undefined},
	);
	applyAction(draft, {kind: 'mkfile', path: '/doc', mode: 0o644, data: 'd'}, {base: undefined, source: undefined});
	const made = draft.root();
	t.deepEqual(listed(made), [
		'data directory 755 3:3',
		'data/a directory 755 3:3',
		'data/a/b directory 755 3:3',
		'doc file 644 0:0 d',
		'srv symlink 777 0:0 /data',
	]);
	const upper = snapshot({'data/x': file('x'), doc: plainFolder, srv: file('s')});
	t.deepEqual(listed(mergeSnapshots(made, upper)), [
		'data directory 755 0:0',
		'data/a directory 755 3:3',
		'data/a/b directory 755 3:3',
		'data/x file 644 0:0 x',
		'doc directory 755 0:0',
		'srv file 644 0:0 s',
	]);
});

const modes: readonly (readonly [text: string, mode: number, isFolder: boolean, expected: number])[] = [
	['u+x', 0o644, false, 0o744],
	['+x', 0o644, false, 0o755],
	['go-rwx', 0o755, false, 0o700],
	['a=rX', 0o640, false, 0o444],
	['a=rX', 0o740, false, 0o555],
	['a=rX', 0o640, true, 0o555],
	['u+s,g-w', 0o775, false, 0o4755],
	['o+s', 0o755, false, 0o755],
	['u=rw,go=r', 0o4777, false, 0o644],
	['u-x+w', 0o555, false, 0o655],
	['-X', 0o755, false, 0o644],
];
for (const [text, mode, isFolder, expected] of modes) {
	test(`chmod ${text} of ${isFolder ? 'a folder' : 'a file'} with ${mode.toString(8)}`, t => {
		t.is(applyModeText(text, mode, isFolder).toString(8), expected.toString(8));
	});
}

const users = snapshot({
	'etc/real': file('root:x:0:0\n# app:x:9:9\n app:x:1000:1001:\r\napp:x:2:2\nodd:x:one:\n'),
	'etc/passwd': link('real'),
	'etc/group': file('#staff:x:1:\nstaff:x:50:app\n'),
});
const owners: readonly (readonly [owner: Owner, base: FileNode | undefined, expected: string])[] = [
	[{user: 5}, undefined, '5:5'],
	[{user: 5, group: 6}, undefined, '5:6'],
	[{user: 'app'}, users, '1000:1001'],
	[{user: 'app', group: 'staff'}, users, '1000:50'],
	[{user: 'app', group: 3}, users, '1000:3'],
	[{user: 'nobody', group: 'nobody'}, users, '0:0'],
	[{user: 'odd'}, users, '0:0'],
	[{user: 'app', group: 'staff'}, plainFolder, '0:0'],
];
for (const [owner, base, expected] of owners) {
	test(`the owner ${JSON.stringify(owner)} ${base === plainFolder ? 'without user files' : ''}`, t => {
		const {uid, gid} = ownerIds(owner, base === undefined ? undefined : snapshotTree(base));
		t.is(`${uid}:${gid}`, expected);
	});
}

test('the owner of a name on scratch is left to the build', t => {
	t.throws(() => ownerIds({user: 'app'}, undefined), {instanceOf: OpenContent});
});

test('what ADD takes for an archive is left to the build', t => {
	const block = Buffer.alloc(512, 0);
	block.write('name', 0);
	block.write('        ', 148);
	block.write(block.reduce((sum, byte) => sum + byte, 0).toString(8), 148);
	const archives = [
		[0x1f, 0x8b, 8],
		[0x42, 0x5a, 0x68],
		[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
		[0x28, 0xb5, 0x2f, 0xfd],
	];
	for (const archive of [...archives.map(bytes => Buffer.from(bytes)), block]) {
		t.throws(() => refuseArchive('/a', content(archive)), {instanceOf: OpenContent});
	}

	const others = ['', 'BZ', 'text', Buffer.alloc(512, 0), Buffer.alloc(2000, 'a'), block.subarray(0, 511)];
	for (const other of others) {
		t.notThrows(() => refuseArchive('/a', content(other)));
	}
});

const entry = (name: string, node: FileNode): LayerEntry => ({name, kind: node.kind, node});
const hard = (name: string, to: string): LayerEntry => ({name, kind: 'hard-link', node: {...file(''), link: to}});
const mark = (name: string): LayerEntry => entry(name, file(''));
const below: FileNode = applyLayer(plainFolder, [
	entry('etc/', {...plainFolder, mode: 0o700}),
	entry('etc/a', file('a')),
	entry('etc/sub/', plainFolder),
	entry('etc/sub/b', file('b')),
	entry('usr', link('etc')),
]);

const layers: readonly (readonly [name: string, entries: readonly LayerEntry[], lines: readonly string[]])[] = [
	[
		'a file removed',
		[mark('etc/.wh.a')],
		['etc directory 700 0:0', 'etc/sub directory 755 0:0', 'etc/sub/b file 644 0:0 b', 'usr symlink 777 0:0 etc'],
	],
	[
		'a folder removed',
		[mark('./etc/.wh.sub'), mark('.wh.usr'), mark('.wh.none')],
		['etc directory 700 0:0', 'etc/a file 644 0:0 a'],
	],
	[
		'an opaque folder, marked at last',
		[
			entry('etc/', plainFolder),
			entry('etc/sub/', plainFolder),
			entry('etc/sub/c', file('c')),
			mark('etc/.wh..wh..opq'),
			mark('.wh.usr'),
		],
		['etc directory 755 0:0', 'etc/sub directory 755 0:0', 'etc/sub/c file 644 0:0 c'],
	],
	['a folder in place of a link', [entry('usr', plainFolder), mark('.wh.etc')], ['usr directory 755 0:0']],
	[
		'a hard link',
		[
			entry('x', file('x', {mode: 0o4711})),
			{...hard('y', '/x'), node: {...file('', {mode: 0o4711}), link: '/x'}},
			mark('.wh.etc'),
			mark('.wh.usr'),
		],
		['x file 4711 0:0 x', 'y file 4711 0:0 x'],
	],
	[
		'a hard link with another mode',
		[entry('x', file('x', {mode: 0o600})), hard('y', 'x'), mark('.wh.etc'), mark('.wh.usr')],
		['x file 600 0:0 x ?', 'y file 600 0:0 x ?'],
	],
	[
		'a folder without an entry of its own',
		[entry('n/x', file('x')), mark('.wh.etc'), mark('.wh.usr')],
		['n directory 755 0:0  ?', 'n/x file 644 0:0 x'],
	],
];
for (const [name, entries, lines] of layers) {
	test(`a layer with ${name}`, t => {
		t.deepEqual(listed(applyLayer(below, entries)), lines);
		t.is(listed(below).length, 5);
	});
}

const unusable: readonly (readonly [name: string, entries: readonly LayerEntry[]])[] = [
	['a file below a link', [entry('usr/x', file('x'))]],
	['a file both removed and added', [mark('etc/.wh.a'), entry('etc/a', file('new'))]],
	['a file both added and removed', [entry('etc/a', file('new')), mark('etc/.wh.a')]],
	['a hard link to a file below', [hard('x', 'etc/a')]],
	['an entry of aufs', [mark('.wh..wh.plnk')]],
];
for (const [name, entries] of unusable) {
	test(`a layer with ${name} is left to the build`, t => {
		t.throws(() => applyLayer(below, entries), {instanceOf: OpenContent});
	});
}

test('a mode of the root counts only where it is the usual one', t => {
	const root = (mode: number) => applyLayer(plainFolder, [entry('./', {...plainFolder, mode})]).doubt;
	t.is(root(0o755), undefined);
	t.truthy(root(0o700));
});

test('a snapshot is walked like any tree', t => {
	const tree = snapshotTree(source);
	t.is(followPath(tree, '/to-lib/deep/d.txt', true)?.path, 'lib/deep/d.txt');
	t.is(tree.child(tree.root, 'none'), undefined);
	t.deepEqual(
		tree.children(tree.root).map(({path}) => path),
		['a.txt', 'b.sh', 'lib', 'to-a', 'to-lib'],
	);
});
