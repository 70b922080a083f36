import test from 'ava';
import {newestDialect, openContext, pathSelector} from '../../analyzer/index.ts';
import {mainContents} from '../../planner/context-contents.ts';
import {attributesOf, loadAttributes} from '../../planner/extended-attributes.ts';
import {withAttributes} from '../../planner/sent-contents.ts';
import {setAttribute} from '../helpers/set-attribute.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const onUnix = process.platform === 'win32' ? test.skip : test;

onUnix('attributes of files, folders and links', async t => {
	const dir = temporaryTree(t, {
		'a b\n.txt': 'a\n',
		'123': 'numbers\n',
		'plain.txt': 'p\n',
		'sub/é.txt': 'b\n',
		'sub/link': {link: '../123'},
	});
	setAttribute(`${dir}/a b\n.txt`, 'user.one', 'value=0x1\n\0');
	setAttribute(`${dir}/123`, 'user.empty', '');
	setAttribute(`${dir}/sub`, 'user.folder', 'f');
	setAttribute(`${dir}/sub/é.txt`, 'user.two', 'é');
	setAttribute(`${dir}/sub/é.txt`, 'user.three', '3');
	const reading = await loadAttributes();
	const read = (name: string) =>
		Object.fromEntries(
			[...(attributesOf(reading)(`${dir}/${name}`) ?? [])].map(([key, value]) => [key, Buffer.from(value).toString()]),
		);
	t.is(reading.kind, 'readable');
	t.deepEqual(read('a b\n.txt'), {'user.one': 'value=0x1\n\0'});
	t.deepEqual(read('123'), {'user.empty': ''});
	t.deepEqual(read('sub'), {'user.folder': 'f'});
	t.deepEqual(read('sub/é.txt'), {'user.three': '3', 'user.two': 'é'});
	t.deepEqual(read('sub/link'), {}, 'a link is not followed');
	t.is(attributesOf(reading)(`${dir}/plain.txt`), undefined);
});

onUnix('only what is looked at is asked for', t => {
	const dir = temporaryTree(t, {'kept/x': 'x\n', 'other/y': 'y\n'});
	const asked: string[] = [];
	const tree = openContext(dir, undefined, file => {
		asked.push(file.slice(dir.length + 1));
		return undefined;
	});
	mainContents(tree, false).digest([pathSelector('/kept/x', true)], newestDialect);
	t.deepEqual(asked, ['kept/x']);
});

onUnix('where nothing reads them, no content of a context is known', async t => {
	const dir = temporaryTree(t, {'a.txt': 'a\n'});
	const reading = await loadAttributes(() => Promise.reject(new Error('no binary')));
	t.is(reading.kind, 'unreadable');
	const contents = withAttributes(reading, mainContents(openContext(dir, undefined, attributesOf(reading)), false));
	t.regex(contents.openReason([pathSelector('/a.txt', true)]) ?? '', /^extended attributes of files cannot be read/);
});
