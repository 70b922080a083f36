import {rmSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {entryDigests, type FileEntry, hashFiles, isMuch, openContext} from '../../analyzer/index.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

test('threads make the digests that reading makes, and leave out what they cannot read', async t => {
	const names = Array.from({length: 600}, (_, place) => `d${place % 7}/f${place}`);
	const dir = temporaryTree(t, {
		...Object.fromEntries(names.map((name, place) => [name, `${place}`.repeat(place)])),
		empty: '',
		run: {text: '#!/bin/sh\n', mode: 0o755},
		big: 'x'.repeat(3 << 20),
	});
	const attributes = new Map([['user.a', Buffer.from('b')]]);
	const attributesOf = (file: string) => (file.endsWith('/f1') ? attributes : undefined);
	const tree = openContext(dir, undefined, attributesOf);
	const entries: FileEntry[] = [];
	const pending = [tree.root];
	for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
		(next.kind === 'directory' ? pending : entries).push(...(next.kind === 'directory' ? tree.children(next) : [next]));
	}

	const files = entries.filter(({kind}) => kind === 'file');
	t.is(files.length, 603);
	const lost = files.find(({path: name}) => name === 'd0/f0');
	rmSync(path.join(dir, 'd0/f0'));
	rmSync(path.join(dir, 'd2/f2'));
	const made = new Map<string, string>();
	await hashFiles(dir, files, (entry, digest) => made.set(entry.path, `sha256:${digest}`));

	// An empty file is not read.
	t.is(lost?.size, 0);
	t.false(made.has('d2/f2'));
	t.is(made.size, 602);
	const digests = entryDigests(openContext(dir, undefined, attributesOf));
	for (const entry of files.filter(({path: name}) => name !== 'd0/f0' && name !== 'd2/f2')) {
		t.is(made.get(entry.path), digests.digest(entry), entry.path);
	}
});

test('little is not worth a thread', t => {
	const file = (size: number): FileEntry => ({
		path: 'a',
		kind: 'file',
		mode: 0,
		uid: 0,
		gid: 0,
		size,
		link: '',
		device: 0,
	});
	t.false(isMuch([file(1 << 20)]));
	t.true(isMuch([file(17 << 20)]));
	t.true(isMuch(Array.from({length: 2001}, () => file(1))));
});
