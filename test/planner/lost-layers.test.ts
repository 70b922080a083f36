import {mkdir, mkdtemp, rm, truncate} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {type Digest, sha256} from '../../analyzer/index.ts';
import type {CacheReading, CacheSpec} from '../../planner/caches/cache-source.ts';
import {findLostLayers} from '../../planner/caches/lost-layers.ts';
import {contentStore} from '../../planner/images/content-store.ts';
import {type PushedBlob, pushBlob, types} from '../helpers/push.ts';
import {startRegistry} from '../helpers/registry.ts';
import {impatientClient, withServer} from '../helpers/registry-client.ts';

const texts = Array.from({length: 20}, (_, index) => `layer ${index}`);
const digests = texts.map(sha256);
const [first = '', second = ''] = texts;

function reading(spec: CacheSpec, sizes: ReadonlyMap<Digest, number> = new Map()): CacheReading {
	const layers = texts.map(text => ({blob: sha256(text), parent: -1, size: sizes.get(sha256(text)) ?? text.length}));
	return {kind: 'found', spec, config: {records: [], layers}};
}

test('a registry is asked for each layer that is wanted, and for no other', async t => {
	const registry = await startRegistry();
	const pushed: PushedBlob[] = [];
	for (const text of texts.slice(1)) {
		pushed.push(await pushBlob({host: registry.host, path: 'app'}, types.ociLayer, text));
	}

	t.is(pushed.length, texts.length - 1);
	const {client} = impatientClient();
	const spec: CacheSpec = {kind: 'registry', ref: `${registry.host}/app:cache`, attributes: {}};
	const access = {client, cwd: '.'};
	const lost = await findLostLayers([reading(spec)], new Set(digests), access);
	t.deepEqual([...lost], [[sha256(first), 'it is no longer there']]);
	t.is((await findLostLayers([reading(spec)], new Set(digests.slice(1)), access)).size, 0);
	const other = reading(spec, new Map([[sha256(second), 999]]));
	t.deepEqual(
		[...(await findLostLayers([other], new Set([sha256(second)]), access))],
		[[sha256(second), `it has ${second.length} bytes instead of 999`]],
	);
	await registry.stop();
});

test('what a registry does not answer is not known', async t => {
	await withServer(
		(_, response) => {
			response.writeHead(403).end();
		},
		async ({host, requests}) => {
			const {client} = impatientClient();
			const spec: CacheSpec = {kind: 'registry', ref: `${host}/app:cache`, attributes: {}};
			const lost = await findLostLayers([reading(spec)], new Set(digests.slice(0, 1)), {client, cwd: '.'});
			t.regex(lost.get(sha256(first)) ?? '', /^whether it is there is not known: registry "[^"]+" does not let /);
			t.deepEqual(
				requests.map(({method}) => method),
				['HEAD'],
			);
		},
	);
});

test('a folder: a layer that is gone, or cut', async t => {
	const dir = await mkdtemp(path.join(tmpdir(), 'cachecast-layers-'));
	const store = contentStore(path.join(dir, 'cache', 'blobs'));
	await mkdir(path.join(dir, 'cache'), {recursive: true});
	for (const text of texts.slice(1)) {
		await store.write(sha256(text), Buffer.from(text));
	}

	await truncate(path.join(dir, 'cache', 'blobs', 'sha256', sha256(second).slice(7)), 3);
	const spec: CacheSpec = {kind: 'local', dir: 'cache', tag: 'latest', attributes: {}};
	const {client} = impatientClient();
	const lost = await findLostLayers([reading(spec)], new Set(digests), {client, cwd: dir});
	t.is(lost.size, 2);
	t.is(lost.get(sha256(first)), 'it is no longer there');
	t.is(lost.get(sha256(second)), `it has 3 bytes instead of ${second.length}`);
	await rm(dir, {recursive: true});
});
