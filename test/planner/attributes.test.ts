import {spawnSync} from 'node:child_process';
import test from 'ava';
import {compilePatterns, parseIgnoreFile} from '../../analyzer/index.ts';
import {attributeReaders, readersByProgram} from '../../planner/attribute-readers.ts';
import {readAttributes} from '../../planner/context-attributes.ts';
import {setAttribute} from '../helpers/set-attribute.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

function isThere(program: string): boolean {
	return spawnSync(program, ['--version']).status === 0;
}

for (const [program, reader] of Object.entries(readersByProgram)) {
	test(`with ${program}`, async t => {
		if (process.platform !== 'linux' || !isThere(program)) {
			t.log(`${program} is not here`);
			t.pass();
			return;
		}

		const dir = temporaryTree(t, {
			'a b\n.txt': 'a\n',
			'123': 'numbers\n',
			'plain.txt': 'p\n',
			'sub/é.txt': 'b\n',
			'sub/link': {link: '../123'},
			'out/node_modules/x': 'x\n',
			'node_modules/x': 'x\n',
		});
		setAttribute(`${dir}/a b\n.txt`, 'user.one', 'value=0x1\n\0');
		setAttribute(`${dir}/123`, 'user.empty', '');
		setAttribute(`${dir}/sub`, 'user.folder', 'f');
		setAttribute(`${dir}/sub/é.txt`, 'user.two', 'é');
		setAttribute(`${dir}/sub/é.txt`, 'user.three', '3');
		setAttribute(`${dir}/node_modules/x`, 'user.ignored', 'x');
		const compiled = compilePatterns(parseIgnoreFile('node_modules\n'));
		const matcher = compiled.kind === 'compiled' ? compiled.matcher : undefined;
		const result = await readAttributes(dir, matcher, process.env, [reader]);
		const read = result.kind === 'read' ? [...result.attributes] : [];
		const shown = read
			.filter(([path]) => !path.startsWith('node_modules'))
			.map(([path, attributes]) => [
				path,
				Object.fromEntries([...attributes].map(([name, value]) => [name, Buffer.from(value).toString()])),
			])
			.sort();
		t.deepEqual(shown, [
			['123', {'user.empty': ''}],
			['a b\n.txt', {'user.one': 'value=0x1\n\0'}],
			['sub', {'user.folder': 'f'}],
			['sub/é.txt', {'user.three': '3', 'user.two': 'é'}],
		]);
	});
}

test('a folder that is ignored whole is not looked into', async t => {
	const dir = temporaryTree(t, {'node_modules/x': 'x\n', 'kept/x': 'x\n', 'kept/y': 'y\n'});
	setAttribute(`${dir}/node_modules/x`, 'user.one', 'x');
	setAttribute(`${dir}/kept/x`, 'user.one', 'x');
	const compiled = compilePatterns(parseIgnoreFile('node_modules\nkept\n!kept/x\n'));
	const matcher = compiled.kind === 'compiled' ? compiled.matcher : undefined;
	const result = await readAttributes(dir, matcher, process.env, [readersByProgram.perl]);
	t.deepEqual(result.kind === 'read' ? [...result.attributes.keys()] : result, ['kept/x']);
});

test('without any program it is said that nothing was looked at', async t => {
	const dir = temporaryTree(t, {'a.txt': 'a\n'});
	const result = await readAttributes(dir, undefined, {PATH: '/nowhere'});
	t.is(result.kind, 'unchecked');
	t.is(attributeReaders.length > 0, process.platform === 'linux');
});
