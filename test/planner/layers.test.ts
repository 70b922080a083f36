import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import test from 'ava';
import {applyAction} from '../../analyzer/files/apply-action.ts';
import {draftOf} from '../../analyzer/files/draft.ts';
import {snapshotTree} from '../../analyzer/files/snapshot.ts';
import {
	contentDigester,
	type ImageVertex,
	newestDialect,
	OpenContent,
	pathSelector,
	sha256,
} from '../../analyzer/index.ts';
import {noStore} from '../../planner/images/content-store.ts';
import {offlineClient} from '../../planner/images/stored-client.ts';
import {layerFiles} from '../../planner/layers/layer-files.ts';
import {type LayerSource, layerSource} from '../../planner/layers/layer-source.ts';
import {type Headers, pack} from '../../planner/tar.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

type Entry = Headers & {readonly text?: string; readonly pax?: Readonly<Record<string, string>>};

async function tar(entries: readonly Entry[]): Promise<Buffer> {
	const stream = pack();
	const chunks: Buffer[] = [];
	stream.on('data', (chunk: Buffer) => chunks.push(chunk));
	for (const {text, ...header} of entries) {
		stream.entry({mode: 0o644, uid: 0, gid: 0, ...header}, text ?? '');
	}

	stream.finalize();
	await once(stream, 'end');
	return Buffer.concat(chunks);
}

interface Layer {
	readonly plain: Buffer;
	readonly blob: Buffer;
	/** Compressed bytes as the manifest has them, where they are not those of the blob. */
	readonly size?: number;
}

function image(layers: readonly Layer[]): ImageVertex {
	const diffIds = layers.map(({plain}) => sha256(plain));
	return {
		kind: 'image',
		reference: 'example.com/app:1',
		identifier: 'example.com/app:1',
		platform: {os: 'linux', architecture: 'amd64'},
		image: {
			digest: sha256(diffIds.join()),
			diffIds,
			layers: layers.map(({blob, size = blob.length}) => ({digest: sha256(blob), size})),
			platform: {os: 'linux', architecture: 'amd64'},
			config: {env: [], workingDir: '', user: '', onBuild: []},
		},
	};
}

/** Layers at hand, and how often each was opened. */
function sourceOf(layers: readonly Layer[]): {source: LayerSource; opened: number[]} {
	const opened = layers.map(() => 0);
	const source: LayerSource = {
		layersOf: async ({image: {diffIds}}) => ({
			kind: 'found',
			layers: layers.map(({blob, size = blob.length}, index) => ({
				diffId: diffIds[index] ?? sha256(''),
				size,
				isLocal: false,
				async open() {
					opened[index] = (opened[index] ?? 0) + 1;
					return {kind: 'opened', chunks: inPieces(blob)};
				},
			})),
		}),
	};
	return {source, opened};
}

async function* inPieces(blob: Buffer): AsyncIterable<Uint8Array> {
	for (let at = 0; at < blob.length; at += 1000) {
		yield blob.subarray(at, at + 1000);
	}
}

/** The reason that an image is not known for; its files where it is. */
async function read(source: LayerSource, vertex: ImageVertex, online = false) {
	const files = layerFiles(source, online);
	const ask = () => {
		try {
			return files.image(vertex);
		} catch (error) {
			return error instanceof OpenContent ? (error.reason ?? '') : String(error);
		}
	};
	ask();
	while (await files.fill()) {
		ask();
	}

	return {files, root: ask()};
}

const header = (mode: number, uid: number, gid: number, size: number, type = 0, end = '') =>
	`namemode${mode}uid${uid}gid${gid}size${size}typeflag${type}linknameunamegnamedevmajor0devminor0${end}`;
const hashed = (text: string) => createHash('sha256').update(text).digest('hex');

const entries: readonly Entry[] = [
	{name: 'etc/', type: 'directory', mode: 0o755},
	{name: 'etc/passwd', text: 'root:x:0:0\napp:x:7:8\n'},
	{name: 'bin/', type: 'directory', mode: 0o755},
	{
		name: 'bin/tool',
		text: 'tool',
		mode: 0o4755,
		uid: 1,
		gid: 2,
		pax: {'SCHILY.xattr.user.note': 'n', 'SCHILY.xattr.security.selinux': 's'},
	},
	{name: 'bin/same', type: 'link', linkname: 'bin/tool', mode: 0o4755, uid: 1, gid: 2},
	{name: 'large', text: 'x'.repeat(200_000), uid: 70_000},
];

const compressions: readonly (readonly [name: string, compress: (plain: Buffer) => Buffer])[] = [
	['as a tar', plain => plain],
	['with gzip', plain => zlib.gzipSync(plain)],
];
for (const [name, compress] of compressions) {
	test(`the files of a layer ${name}`, async t => {
		const plain = await tar(entries);
		const layers = [{plain, blob: compress(plain)}];
		const {source, opened} = sourceOf(layers);
		const {root} = await read(source, image(layers));
		if (typeof root === 'string') {
			t.fail(root);
			return;
		}

		const tree = snapshotTree(root);
		const digest = contentDigester(tree)([pathSelector('/bin', true)], newestDialect);
		const tool = `sha256:${hashed(`${header(0o4755, 1, 2, 4, 0, 'user.noten')}tool`)}`;
		const folder = sha256(`\0${sha256(header(0o755, 0, 0, 0, 5))}\0same${tool}\0tool${tool}`);
		t.deepEqual(digest, {kind: 'digest', digest: sha256(folder)});
		const large = contentDigester(tree)([pathSelector('/large', true)], newestDialect);
		const expected = `sha256:${hashed(header(0o644, 70_000, 0, 200_000) + 'x'.repeat(200_000))}`;
		t.deepEqual(large, {kind: 'digest', digest: sha256(expected)});
		t.deepEqual(opened, [1]);
	});
}

test('digests under another owner are read in one more pass', async t => {
	const plain = await tar(entries);
	const layers = [{plain, blob: zlib.gzipSync(plain)}];
	const {source, opened} = sourceOf(layers);
	const {files, root} = await read(source, image(layers));
	if (typeof root === 'string') {
		t.fail(root);
		return;
	}

	const base = snapshotTree(root);
	const draft = draftOf(root);
	const copy = {
		kind: 'copy',
		source: undefined,
		path: '/',
		plain: true,
		unpack: false,
		include: [],
		exclude: [],
		required: [],
	} as const;
	applyAction(draft, {...copy, destination: '/all', owner: {user: 'app'}}, {base, source: base});
	const digest = () =>
		contentDigester(snapshotTree(draft.root()))([pathSelector('/all/bin/tool', true)], newestDialect);
	t.is(digest().kind, 'open');
	t.true(await files.fill());
	const expected = `sha256:${hashed(`${header(0o4755, 7, 8, 4, 0, 'user.noten')}tool`)}`;
	t.deepEqual(digest(), {kind: 'digest', digest: sha256(expected)});
	t.false(await files.fill());
	t.deepEqual(opened, [2]);
});

test('layers of several megabytes are read only when asked for', async t => {
	const plain = await tar(entries);
	const layers = [
		{plain, blob: plain, size: 30 << 20},
		{plain, blob: plain, size: (2 << 20) + 1},
	];
	const closed = sourceOf(layers);
	const {root} = await read(closed.source, image(layers));
	t.is(root, 'reading 33 MB of layers of example.com/app:1 would be needed: --online');
	t.deepEqual(closed.opened, [0, 0]);
	t.is(typeof (await read(sourceOf(layers).source, image(layers), true)).root, 'object');
});

const damaged: readonly (readonly [name: string, spoil: (plain: Buffer) => Promise<Layer>, reason: RegExp])[] = [
	['other bytes', async plain => ({plain, blob: await tar(entries.slice(1))}), /is not what its image says$/],
	['a cut', async plain => ({plain, blob: zlib.gzipSync(plain).subarray(0, 100)}), /cannot be read/],
	[
		'no tar',
		async () => ({plain: Buffer.from('no tar'.repeat(500)), blob: Buffer.from('no tar'.repeat(500))}),
		/cannot be read/,
	],
	[
		'names that are no UTF-8',
		async () => {
			const plain = await tar([{name: 'a\ufffd', text: 'a'}]);
			return {plain, blob: plain};
		},
		/names that are no UTF-8$/,
	],
];
for (const [name, spoil, reason] of damaged) {
	test(`a layer with ${name} is not known`, async t => {
		const layers = [await spoil(await tar(entries))];
		const {root} = await read(sourceOf(layers).source, image(layers));
		t.regex(String(root), reason);
	});
}

test('extended attributes that are no UTF-8 leave only their file open', async t => {
	const plain = await tar([
		{name: 'a', text: 'a', pax: {'SCHILY.xattr.security.capability': '\u0001\ufffd'}},
		{name: 'b', text: 'b'},
	]);
	const layers = [{plain, blob: plain}];
	const {root} = await read(sourceOf(layers).source, image(layers));
	if (typeof root === 'string') {
		t.fail(root);
		return;
	}

	const digest = contentDigester(snapshotTree(root));
	t.is(digest([pathSelector('/a', true)], newestDialect).kind, 'open');
	t.is(digest([pathSelector('/b', true)], newestDialect).kind, 'digest');
});

test('layers that a local cache holds are read without a registry', async t => {
	const plain = await tar(entries);
	const layers = [{plain, blob: zlib.gzipSync(plain), size: 100 << 20}];
	const cache = temporaryTree(t, {});
	const blobs = path.join(cache, 'blobs/sha256');
	mkdirSync(blobs, {recursive: true});
	const [file] = layers.map(({blob}) => path.join(blobs, sha256(blob).slice('sha256:'.length)));
	const client = offlineClient(noStore);
	const source = layerSource({client, cwd: cache, cacheDirs: [cache]});
	t.regex(String((await read(source, image(layers), true)).root), /no registry is asked/);
	writeFileSync(file ?? '', layers[0]?.blob ?? '');
	t.is(typeof (await read(source, image(layers))).root, 'object');
});
