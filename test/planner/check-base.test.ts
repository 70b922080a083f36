import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {checkBases} from '../../planner/age/check-base.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import type {PinState} from '../../planner/plan.ts';
import {type PushedBlob, pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';

let registry: TestRegistry;
let image: PushedBlob;
let index: PushedBlob;

test.before(async () => {
	registry = await startRegistry();
	const repository = {host: registry.host, path: 'base'};
	const config = await pushBlob(repository, types.ociConfig, {os: 'linux', architecture: 'amd64'});
	image = await pushManifest(repository, types.ociManifest, {config, layers: []});
	index = await pushManifest(repository, types.ociIndex, {manifests: [image]}, '20');
});

test.after.always(() => registry.stop());

async function pinOf(reference: string): Promise<PinState | undefined> {
	const client = createRegistryClient({credentials: anonymous});
	const platform = {os: 'linux', architecture: 'amd64'};
	const looked = {kind: 'unresolved', reason: ''} as const;
	const [checked] = await checkBases([{reference, platform, result: looked}], client);
	return checked?.pin;
}

test('what is pinned to what its tag is now', async t => {
	t.deepEqual(await pinOf(`${registry.host}/base:20@${index.digest}`), {
		kind: 'current',
		tag: `${registry.host}/base:20`,
		digest: index.digest,
	});
	t.like(await pinOf(`${registry.host}/base:20@${image.digest}`), {kind: 'current'}, 'to the manifest of one platform');
});

test('what is pinned to something else', async t => {
	t.deepEqual(await pinOf(`${registry.host}/base:20@${sha256('older')}`), {
		kind: 'behind',
		tag: `${registry.host}/base:20`,
		digest: index.digest,
	});
});

test('a tag that is gone', async t => {
	t.like(await pinOf(`${registry.host}/base:18@${index.digest}`), {
		kind: 'open',
		reason: 'the registry has no such tag any more',
	});
});

test('nothing to compare: a digest alone, a tag alone', async t => {
	t.is(await pinOf(`${registry.host}/base@${index.digest}`), undefined);
	t.is(await pinOf(`${registry.host}/base:20`), undefined);
});
