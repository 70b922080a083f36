import test from 'ava';
import {openContext, unsentPaths} from '../../analyzer/index.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

// Links: lib → real, alias → lib/sub, abs → /real, up → ../../real, loop ↔ pool, real/in → sub, files/*.lnk
const files = {
	'real/a': 'a\n',
	'real/b': 'b\n',
	'real/sub/c': 'c\n',
	'real/in': {link: 'sub'},
	'plain/a': 'a\n',
	'files/1.lnk': {link: '../real/a'},
	'files/2.lnk': {link: '../real/b'},
	lib: {link: 'real'},
	alias: {link: 'lib/sub'},
	abs: {link: '/real'},
	up: {link: '../../real'},
	loop: {link: 'pool'},
	pool: {link: 'loop'},
};

const sendings = test.macro({
	exec(t, paths: readonly string[], unsent: readonly string[]) {
		const tree = openContext(temporaryTree(t, files), undefined);
		t.deepEqual(unsentPaths(tree, paths), unsent);
		t.deepEqual(unsentPaths(tree, paths.toReversed()).toSorted(), unsent.toSorted());
	},
	title: (_, paths: readonly string[]) => `paths ${paths.join(' ')}`,
});

test(sendings, ['/lib/a'], []);
test(sendings, ['/lib'], []);
test(sendings, ['/plain/a', '/plain/b', '/real/a'], []);
test(sendings, ['/lib/a', '/lib/b'], ['/lib/b']);
test(sendings, ['/lib/b', '/lib/b'], []);
test(sendings, ['/lib', '/lib/b'], []);
test(sendings, ['/lib/a', '/lib/b', '/real'], []);
test(sendings, ['/lib/a', '/lib/b', '/real/b'], []);
test(sendings, ['/lib/a', '/lib/b', '/'], []);
test(sendings, ['/lib/a', '/abs/b'], []);
test(sendings, ['/abs/a', '/abs/b', '/up/b'], []);
test(sendings, ['/up/a', '/up/sub/c'], ['/up/sub/c']);
test(sendings, ['/alias', '/lib'], ['/lib']);
test(sendings, ['/alias/c', '/lib/sub/c'], []);
test(sendings, ['/lib/in/c', '/real/sub'], []);
test(sendings, ['/lib/a', '/lib/in/c'], ['/lib/in/c']);
test(sendings, ['/files/1.lnk', '/files/2.lnk'], []);
test(sendings, ['/files/*.lnk'], []);
test(sendings, ['/files/*.lnk', '/files/1.lnk'], []);
test(sendings, ['/loop', '/loop/a', '/none/a'], []);
test(sendings, ['/lib/*', '/lib/a'], ['/lib/a']);
