import {chmod, mkdtemp, readdir, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {contentStore, noStore} from '../../planner/images/content-store.ts';
import {imageLookup} from '../../planner/images/image-lookup.ts';
import {storeFolder} from '../../planner/images/store-folder.ts';
import {offlineClient, storedClient} from '../../planner/images/stored-client.ts';
import type {Handler} from '../helpers/http-server.ts';
import {pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry} from '../helpers/registry.ts';
import {impatientClient, reference, withServer} from '../helpers/registry-client.ts';

let root: string;

test.before(async () => {
	root = await mkdtemp(path.join(tmpdir(), 'cachecast-store-'));
});

test.after.always(() => rm(root, {recursive: true, force: true}));

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const fileOf = (dir: string, digest: Digest): string => path.join(dir, 'sha256', digest.slice(7));
const missing = sha256('never written');

test('what was written is read again, by the user alone', async t => {
	const dir = path.join(root, 'plain');
	const store = contentStore(dir);
	t.is(await store.read(missing), undefined);
	await store.write(sha256('a'), bytesOf('a'));
	t.deepEqual(await contentStore(dir).read(sha256('a')), bytesOf('a'));
	t.deepEqual(await readdir(path.join(dir, 'sha256')), [sha256('a').slice(7)]);
	if (process.platform !== 'win32') {
		t.is((await stat(fileOf(dir, sha256('a')))).mode & 0o777, 0o600);
		t.is((await stat(path.join(dir, 'sha256'))).mode & 0o777, 0o700);
	}
});

test('what is no longer what it was is not read, and removed', async t => {
	const dir = path.join(root, 'damaged');
	const store = contentStore(dir);
	await store.write(sha256('a'), bytesOf('a'));
	await writeFile(fileOf(dir, sha256('a')), 'b');
	t.is(await store.read(sha256('a')), undefined);
	await t.throwsAsync(stat(fileOf(dir, sha256('a'))), {code: 'ENOENT'});
});

test('what was not used for the longest time goes first', async t => {
	const dir = path.join(root, 'full');
	const texts = ['a', 'b', 'c'].map(letter => letter.repeat(100));
	const store = contentStore(dir, 300);
	for (const [age, text] of texts.entries()) {
		await store.write(sha256(text), bytesOf(text));
		const time = new Date(Date.now() - (10 - age) * 60_000);
		await utimes(fileOf(dir, sha256(text)), time, time);
	}

	await store.read(sha256(texts[0] ?? ''));
	await store.write(sha256('d'.repeat(100)), bytesOf('d'.repeat(100)));
	const kept = await Promise.all(
		[...texts, 'd'.repeat(100)].map(async text => (await store.read(sha256(text)))?.length),
	);
	t.deepEqual(kept, [100, undefined, 100, 100]);
	await store.write(sha256('e'.repeat(301)), bytesOf('e'.repeat(301)));
	t.is(await store.read(sha256('e'.repeat(301))), undefined);
});

test('a folder that cannot be written or read is no error', async t => {
	const file = path.join(root, 'file');
	await writeFile(file, '');
	const store = contentStore(file);
	await store.write(sha256('a'), bytesOf('a'));
	t.is(await store.read(sha256('a')), undefined);
	const locked = path.join(root, 'locked');
	await contentStore(locked).write(sha256('a'), bytesOf('a'));
	await chmod(path.join(locked, 'sha256'), 0o500);
	await contentStore(locked).write(sha256('b'), bytesOf('b'));
	t.deepEqual(await contentStore(locked).read(sha256('a')), bytesOf('a'));
	await chmod(path.join(locked, 'sha256'), 0o700);
});

test('the folder is where the system keeps such things', t => {
	const folder = (env: Record<string, string>, os: NodeJS.Platform = 'linux') => storeFolder({env, homeDir: '/h', os});
	t.is(folder({}), path.join('/h', '.cache', 'cachecast'));
	t.is(folder({XDG_CACHE_HOME: '/x'}), path.join('/x', 'cachecast'));
	t.is(folder({XDG_CACHE_HOME: 'x'}), path.join('/h', '.cache', 'cachecast'));
	t.is(folder({}, 'darwin'), path.join('/h', 'Library', 'Caches', 'cachecast'));
	t.is(folder({LOCALAPPDATA: '/l'}, 'win32'), path.join('/l', 'cachecast', 'cache'));
	t.is(folder({CACHECAST_CACHE_DIR: '/own', XDG_CACHE_HOME: '/x'}), '/own');
});

test('a registry is asked once for content, and each time what a reference points at', async t => {
	const config = Buffer.from('{"rootfs":{"diff_ids":[]}}');
	const manifest = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			config: {mediaType: types.ociConfig, digest: sha256(config), size: config.length},
			layers: [],
		}),
	);
	const handle: Handler = ({url = ''}, response) => {
		const isManifest = url.includes('/manifests/');
		response.writeHead(200, {'content-type': isManifest ? types.ociManifest : 'application/octet-stream'});
		response.end(isManifest ? manifest : config);
	};
	const dir = path.join(root, 'client');
	await withServer(handle, async ({host, requests}) => {
		for (let run = 0; run < 2; run++) {
			const client = storedClient(impatientClient().client, contentStore(dir));
			t.like(await client.resolve(reference(host)), {kind: 'found', source: 'registry'});
			t.like(await client.resolve({...reference(host), digest: sha256(manifest)}), {source: 'registry'});
			t.like(await client.manifest(reference(host), sha256(manifest)), {kind: 'found'});
			t.like(await client.blob(reference(host), sha256(config)), {kind: 'found'});
		}

		const paths = requests.map(request => path.posix.basename(request.url ?? '').slice(0, 10));
		const digest = sha256(manifest).slice(0, 10);
		t.deepEqual(paths, ['v1', digest, sha256(config).slice(0, 10), 'v1', digest]);
	});
	const offline = offlineClient(contentStore(dir));
	const app = reference('r.io');
	t.like(await offline.resolve({...app, digest: sha256(manifest)}), {kind: 'found', source: 'disk'});
	t.deepEqual(await offline.resolve({...app, digest: missing}), {
		kind: 'failed',
		reason: 'no registry is asked (--offline), and it was not read before',
	});
	const {digest: _, ...tagged} = app;
	t.deepEqual(await offline.resolve(tagged), {kind: 'failed', reason: 'no registry is asked (--offline)'});
	t.deepEqual(await offline.headBlob(app, sha256(config)), {
		kind: 'failed',
		reason: 'no registry is asked (--offline)',
	});
	t.like(await offlineClient(noStore).blob(app, sha256(config)), {kind: 'failed'});
});

test('an image says where it was found', async t => {
	const registry = await startRegistry();
	const repository = {host: registry.host, path: 'app'};
	const config = await pushBlob(repository, types.ociConfig, {os: 'linux', architecture: 'amd64', rootfs: {}});
	const {digest} = await pushManifest(repository, types.ociManifest, {config, layers: []}, 'latest');
	const platform = {os: 'linux', architecture: 'amd64'};
	const name = `${registry.host}/app`;
	const store = contentStore(path.join(root, 'images'));
	const online = imageLookup({client: storedClient(impatientClient().client, store), cwd: root});
	t.like(await online({reference: name, platform}), {kind: 'resolved', origin: 'registry', image: {digest}});
	await registry.stop();
	const offline = imageLookup({client: offlineClient(store), cwd: root});
	t.like(await offline({reference: `${name}@${digest}`, platform}), {origin: 'disk', image: {digest}});
	// The tag may point elsewhere by now.
	t.deepEqual(await offline({reference: name, platform}), {
		kind: 'unresolved',
		reason: 'no registry is asked (--offline)',
	});
	const image = {digest, diffIds: [], layers: [], platform, config: {env: [], workingDir: '', user: '', onBuild: []}};
	const local = imageLookup({client: offlineClient(store), cwd: root, localImage: async () => image});
	t.deepEqual(await local({reference: name, platform}), {kind: 'resolved', image, origin: 'engine'});
	const layout = path.join(root, 'layout');
	const blobs = contentStore(path.join(layout, 'blobs'));
	for (const one of [digest, config.digest]) {
		await blobs.write(one, (await store.read(one)) ?? new Uint8Array());
	}

	await writeFile(
		path.join(layout, 'index.json'),
		JSON.stringify({manifests: [{digest, annotations: {'org.opencontainers.image.ref.name': 'latest'}}]}),
	);
	t.like(await offline({reference: 'oci-layout://layout:latest', platform}), {origin: 'layout', image: {digest}});
});
