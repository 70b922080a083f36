import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import type {CacheConfig} from '../../planner/caches/cache-config.ts';
import {parseCacheFlag} from '../../planner/caches/cache-flag.ts';
import type {CacheReading} from '../../planner/caches/cache-source.ts';
import {defaultCacheDir} from '../../planner/caches/default-cache.ts';
import {readCache} from '../../planner/caches/read-cache.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import type {Handler} from '../helpers/http-server.ts';
import {type PushedBlob, pushBlob, pushManifest, type Repository, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {withServer} from '../helpers/registry-client.ts';

let registry: TestRegistry;
let dir: string;
const client = createRegistryClient({credentials: anonymous});

test.before(async () => {
	registry = await startRegistry();
	dir = await mkdtemp(path.join(tmpdir(), 'cachecast-caches-'));
});

test.after.always(async () => {
	await registry.stop();
	await rm(dir, {recursive: true, force: true});
});

const diffId = sha256('tar of low');
const step = sha256('a step');
const low: PushedBlob = {
	mediaType: types.ociLayer,
	digest: sha256('low'),
	size: 3,
	annotations: {'containerd.io/uncompressed': diffId},
};
const high: PushedBlob = {mediaType: types.ociLayer, digest: sha256('high'), size: 4};
const createdAt = '2026-03-01T10:00:00Z';
const configValue = {
	layers: [
		{blob: high.digest, parent: 1},
		{blob: low.digest, parent: -1},
	],
	records: [{digest: step, layers: [{layer: 0, createdAt}]}],
};
const expected: CacheConfig = {
	records: [{digest: step, inputs: [], results: [{chain: [1, 0], createdAt}]}],
	layers: [
		{blob: high.digest, parent: 1, size: 4, mediaType: types.ociLayer},
		{blob: low.digest, parent: -1, size: 3, mediaType: types.ociLayer, diffId},
	],
};

/** Reads what a --cache-from names, and gives the reading without its spec. */
async function read(flag: string): Promise<object> {
	const parsed = parseCacheFlag(flag, 'from');
	if (parsed.kind === 'invalid') {
		throw new Error(parsed.message);
	}

	const {spec: _, ...reading}: CacheReading = await readCache(parsed.spec, {client, cwd: dir});
	return reading;
}

async function pushCacheBlobs(path: string): Promise<Repository> {
	const repository = {host: registry.host, path};
	await pushBlob(repository, types.ociLayer, 'low');
	await pushBlob(repository, types.ociLayer, 'high');
	return repository;
}

test('registry: an image manifest whose config is the cache config', async t => {
	const repository = await pushCacheBlobs('manifest');
	const config = await pushBlob(repository, types.cacheConfig, configValue);
	const {digest} = await pushManifest(repository, types.ociManifest, {config, layers: [low, high]}, 'latest');
	t.deepEqual(await read(`${registry.host}/manifest`), {kind: 'found', config: expected});
	t.deepEqual(await read(`type=registry,ref=${registry.host}/manifest@${digest}`), {kind: 'found', config: expected});
	t.deepEqual(await read(`${registry.host}/manifest:other`), {kind: 'missing'});
});

test('registry: an index with the cache config among its entries, of OCI or Docker', async t => {
	const repository = await pushCacheBlobs('index');
	const config = await pushBlob(repository, types.cacheConfig, configValue);
	await pushManifest(repository, types.ociIndex, {manifests: [low, config, high]}, 'oci');
	await pushManifest(repository, types.dockerList, {manifests: [low, high, config]}, 'docker');
	t.deepEqual(await read(`${registry.host}/index:oci`), {kind: 'found', config: expected});
	t.deepEqual(await read(`${registry.host}/index:docker`), {kind: 'found', config: expected});
});

const layerTime = '2026-01-02T03:04:05.678901234Z';

/** An image of both layers with an inline cache of one step. */
async function pushInline(
	repository: Repository,
	stepDigest: string,
	records?: string,
): Promise<{readonly manifest: PushedBlob; readonly image: string}> {
	const value = [
		{digest: stepDigest, layers: [{layer: 1, createdAt}]},
		{digest: diffId, inputs: [[{link: 0}]], chains: [{layers: [1]}]},
	];
	const config = await pushBlob(repository, types.ociConfig, {
		rootfs: {type: 'layers', diff_ids: [diffId, sha256('tar of high')]},
		history: [{created: layerTime}, {created: createdAt, empty_layer: true}, {created: createdAt}],
		'moby.buildkit.cache.v0': records ?? Buffer.from(JSON.stringify(value)).toString('base64'),
	});
	const layers = [{...low, annotations: {}}, high];
	return {manifest: await pushManifest(repository, types.ociManifest, {config, layers}), image: config.digest};
}

const inlineLayers = (first: number): CacheConfig['layers'] => [
	{blob: low.digest, parent: -1, size: 3, mediaType: types.ociLayer, diffId, createdAt: layerTime},
	{blob: high.digest, parent: first, size: 4, mediaType: types.ociLayer, diffId: sha256('tar of high'), createdAt},
];

test('registry: an inline cache counts the layers of its image', async t => {
	const repository = await pushCacheBlobs('inline');
	const {manifest, image} = await pushInline(repository, step);
	t.deepEqual(await read(`${registry.host}/inline@${manifest.digest}`), {
		kind: 'found',
		images: [image],
		config: {
			layers: inlineLayers(0),
			records: [
				{digest: step, inputs: [], results: [{chain: [0, 1], createdAt}]},
				{digest: diffId, inputs: [[{link: 0}]], results: [{chain: [1]}]},
			],
		},
	});
});

test('registry: the inline caches of all images of an index, without attestations', async t => {
	const repository = await pushCacheBlobs('platforms');
	const other = sha256('another step');
	const attestation = {
		...(await pushManifest(repository, types.ociManifest, {
			config: await pushBlob(repository, types.ociConfig, {architecture: 'unknown'}),
			layers: [],
		})),
		annotations: {'vnd.docker.reference.type': 'attestation-manifest'},
	};
	const [one, two] = [await pushInline(repository, step), await pushInline(repository, other)];
	const manifests = [one.manifest, attestation, two.manifest];
	await pushManifest(repository, types.ociIndex, {manifests}, 'latest');
	t.deepEqual(await read(`${registry.host}/platforms`), {
		kind: 'found',
		images: [one.image, two.image],
		config: {
			layers: [...inlineLayers(0), ...inlineLayers(2)],
			records: [
				{digest: step, inputs: [], results: [{chain: [0, 1], createdAt}]},
				{digest: diffId, inputs: [[{link: 0}]], results: [{chain: [1]}]},
				{digest: other, inputs: [], results: [{chain: [2, 3], createdAt}]},
				{digest: diffId, inputs: [[{link: 2}]], results: [{chain: [3]}]},
			],
		},
	});
});

test('registry: what cannot be used says why', async t => {
	const repository = await pushCacheBlobs('unusable');
	const name = `${registry.host}/unusable`;
	const unusable = (tag: string, reason: string): object => ({
		kind: 'unreadable',
		reason: `cache "${name}:${tag}" cannot be used: ${reason}`,
		contents: 'none',
	});
	const plain = await pushBlob(repository, types.ociConfig, {rootfs: {diff_ids: [diffId]}});
	await pushManifest(repository, types.ociManifest, {config: plain, layers: [low]}, 'plain');
	t.deepEqual(
		await read(`${name}:plain`),
		unusable('plain', 'it is an image without a cache; build it with --cache-to type=inline'),
	);
	const {manifest: broken} = await pushInline(repository, step, 'bm9uc2Vuc2U=');
	await pushManifest(repository, types.ociIndex, {manifests: [broken]}, 'broken');
	t.deepEqual(
		await read(`${name}:broken`),
		unusable(
			'broken',
			'its inline cache is corrupt (it is not a JSON object with lists of layers and records); build and push the image again',
		),
	);
	const corrupt = await pushBlob(repository, types.cacheConfig, {records: [{digest: step, layers: [{layer: 0}]}]});
	await pushManifest(repository, types.ociManifest, {config: corrupt, layers: []}, 'corrupt');
	t.deepEqual(
		await read(`${name}:corrupt`),
		unusable('corrupt', 'its config is corrupt (record 0: there is no layer 0); write the cache again'),
	);
	const large = await pushBlob(repository, types.cacheConfig, JSON.stringify({records: [], x: ' '.repeat(1 << 20)}));
	await pushManifest(repository, types.ociManifest, {config: large, layers: []}, 'large');
	t.deepEqual(
		await read(`${name}:large`),
		unusable(
			'large',
			'its config is larger than 1 MiB, which BuildKit refuses; write the cache again with fewer steps',
		),
	);
});

test('registry: what a registry does not give out is unknown', async t => {
	const handle: Handler = (_, response) => {
		response.writeHead(403).end();
	};
	await withServer(handle, async ({host}) => {
		t.like(await read(`${host}/app:cache`), {kind: 'unreadable', contents: 'unknown'});
	});
});

test('caches that only a builder can read', async t => {
	t.like(await read('type=gha,scope=x'), {kind: 'unsupported', contents: 'unknown'});
	t.like(await readCache({kind: 'inline', attributes: {}}, {client, cwd: dir}), {
		kind: 'unsupported',
		contents: 'none',
	});
});

/** Writes an OCI layout with one blob per text, and index.json with the given manifests. */
async function writeLayout(name: string, texts: readonly string[], manifests: unknown): Promise<void> {
	const blobs = path.join(dir, name, 'blobs', 'sha256');
	await mkdir(blobs, {recursive: true});
	for (const text of texts) {
		await writeFile(path.join(blobs, sha256(text).slice(7)), text);
	}

	await writeFile(path.join(dir, name, 'index.json'), JSON.stringify({schemaVersion: 2, manifests}));
}

function describe(mediaType: string, text: string): PushedBlob {
	return {mediaType, digest: sha256(text), size: text.length};
}

const configText = JSON.stringify(configValue);
const manifestText = JSON.stringify({
	schemaVersion: 2,
	config: describe(types.cacheConfig, configText),
	layers: [low, high],
});
const manifestDescriptor = describe(types.ociManifest, manifestText);

test('local: by tag, by image name, by digest', async t => {
	await writeLayout(
		'good',
		[configText, manifestText, 'low', 'high'],
		[
			{...describe(types.ociManifest, 'absent'), annotations: {'org.opencontainers.image.ref.name': 'old'}},
			{...manifestDescriptor, annotations: {'org.opencontainers.image.ref.name': 'latest'}},
			{...describe(types.ociManifest, 'absent'), annotations: {'org.opencontainers.image.ref.name': 'named'}},
			{...manifestDescriptor, annotations: {'io.containerd.image.name': 'named'}},
		],
	);
	const found = {kind: 'found', config: expected};
	t.deepEqual(await read('type=local,src=good'), found);
	t.deepEqual(await read(`type=local,src=${path.join(dir, 'good')}`), found);
	t.deepEqual(await read('type=local,src=good,tag=named'), found);
	t.deepEqual(await read(`type=local,src=good,tag=none,digest=${manifestDescriptor.digest}`), found);
	t.deepEqual(await read('type=local,src=good,tag=none'), {kind: 'missing'});
	t.deepEqual(await read('type=local,src=good,tag=old'), {
		kind: 'unreadable',
		reason: `cache "good" cannot be used: its manifest ${sha256('absent')} is no longer there; write the cache again`,
		contents: 'none',
	});
});

test('local: no folder and no index.json are no cache yet', async t => {
	await mkdir(path.join(dir, 'empty', 'ingest'), {recursive: true});
	t.deepEqual(await read('type=local,src=absent'), {kind: 'missing'});
	t.deepEqual(await read('type=local,src=empty'), {kind: 'missing'});
});

test('local: broken index.json, missing or damaged blobs', async t => {
	const latest = {...manifestDescriptor, annotations: {'org.opencontainers.image.ref.name': 'latest'}};
	const broken = 'its index.json is broken; delete the folder and write it again';
	const unusable = (name: string, reason: string): object => ({
		kind: 'unreadable',
		reason: `cache "${name}" cannot be used: ${reason}`,
		contents: 'none',
	});
	await mkdir(path.join(dir, 'half'));
	await writeFile(path.join(dir, 'half', 'index.json'), '{"manifests": [');
	t.deepEqual(await read('type=local,src=half'), unusable('half', broken));
	await writeLayout('odd', [], {});
	t.deepEqual(await read('type=local,src=odd'), unusable('odd', broken));
	await writeLayout('evil', [], [{...latest, digest: 'sha256:../../../etc/passwd'}]);
	t.deepEqual(await read('type=local,src=evil'), unusable('evil', broken));
	await writeLayout('gone', [manifestText], [latest]);
	t.deepEqual(
		await read('type=local,src=gone'),
		unusable('gone', 'its config is no longer there; write the cache again'),
	);
	await writeLayout('damaged', [manifestText, configText], [latest]);
	await writeFile(path.join(dir, 'damaged', 'blobs', 'sha256', sha256(configText).slice(7)), '{}');
	t.deepEqual(
		await read('type=local,src=damaged'),
		unusable('damaged', `blob ${sha256(configText)} is damaged; write it again`),
	);
	const advice = '"cachecast cache verify" says all that is wrong with it, "cachecast cache prune" removes it';
	await writeLayout('lost', [manifestText, configText, 'high'], [latest]);
	t.deepEqual(await read('type=local,src=lost'), unusable('lost', `its layer ${low.digest} is not there; ${advice}`));
	await writeLayout('short', [manifestText, configText, 'high', 'low'], [latest]);
	await writeFile(path.join(dir, 'short', 'blobs', 'sha256', low.digest.slice(7)), 'l');
	t.deepEqual(
		await read('type=local,src=short'),
		unusable('short', `its layer ${low.digest} has 1 bytes instead of 3; ${advice}`),
	);
	await mkdir(path.join(dir, 'folder', 'index.json'), {recursive: true});
	t.deepEqual(
		await read('type=local,src=folder'),
		unusable('folder', 'index.json cannot be read (EISDIR); check its permissions'),
	);
});

test('the default cache is in the work tree that holds the context, else in the context', async t => {
	const tree = path.join(dir, 'tree');
	await mkdir(path.join(tree, '.git'), {recursive: true});
	await mkdir(path.join(tree, 'a', 'linked', 'b'), {recursive: true});
	await writeFile(path.join(tree, 'a', 'linked', '.git'), 'gitdir: elsewhere\n');
	const cache = path.join('.cachecast', 'cache');
	t.is(await defaultCacheDir(tree), path.join(tree, cache));
	t.is(await defaultCacheDir(path.join(tree, 'a')), path.join(tree, cache));
	t.is(await defaultCacheDir(path.join(tree, 'a', 'linked', 'b')), path.join(tree, 'a', 'linked', cache));
	t.is(await defaultCacheDir(path.join(dir, 'nowhere')), path.join(dir, 'nowhere', cache));
});
