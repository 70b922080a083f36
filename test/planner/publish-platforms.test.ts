import test from 'ava';
import {type Digest, sha256} from '../../analyzer/index.ts';
import type {BuildTarget} from '../../planner/build-wish.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {parseManifest} from '../../planner/images/manifest.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {createRegistryWriter} from '../../planner/images/registry-writer.ts';
import type {PlannedResult} from '../../planner/plan.ts';
import {
	isKnown,
	lookUpPublication,
	namesToPush,
	type Publication,
	tagKnown,
	tagPushed,
} from '../../planner/publish/publication.ts';
import {wantedTags} from '../../planner/publish/wanted-tags.ts';
import {pushBlob, pushManifest, types} from '../helpers/push.ts';
import {pushImage} from '../helpers/push-image.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {reference} from '../helpers/registry-client.ts';

// One image of several platforms.

let registry: TestRegistry;

test.before(async () => {
	registry = await startRegistry();
});

test.after.always(() => registry.stop());

const client = createRegistryClient({credentials: anonymous});
const writer = createRegistryWriter({credentials: anonymous});

const push = (tag: string, text: string, attestation: string) =>
	pushImage({host: registry.host, path: 'multi'}, tag, text, attestation);

async function digestOf(name: string): Promise<string | undefined> {
	const found = await client.resolve(reference(registry.host, name));
	return found.kind === 'found' ? found.digest : undefined;
}

const states = (tags: readonly {readonly state: string}[]): readonly string[] => tags.map(({state}) => state);

interface Platforms {
	readonly amd64: BuildTarget;
	readonly arm64: BuildTarget;
}

function targetsOf(layers: {readonly amd64?: readonly Digest[]; readonly arm64?: readonly Digest[]} = {}): Platforms {
	const target = (architecture: 'amd64' | 'arm64'): BuildTarget => {
		const own = layers[architecture];
		const result: PlannedResult = {
			definition: () => ({kind: 'known', digest: sha256(architecture)}),
			...(own !== undefined && {layers: own}),
		};
		return {label: architecture, isFinal: true, plan: {result, platform: {os: 'linux', architecture}}} as BuildTarget;
	};
	return {amd64: target('amd64'), arm64: target('arm64')};
}

function lookUpBoth(names: readonly string[], {amd64, arm64}: Platforms, keepsKey = true): Promise<Publication> {
	const tags = wantedTags(names.map(name => `${registry.host}/${name}`));
	return lookUpPublication(tags.kind === 'tags' ? tags.tags : [], [amd64, arm64], () => ({
		client,
		surroundings: [],
		keepsKey,
		mayReuse: true,
		verifyBlobs: true,
	}));
}

const ownTag = (architecture: string) =>
	`cachecast-${sha256(JSON.stringify([sha256(architecture), '', []])).slice(7, 39)}`;

async function manifestsOf(name: string): Promise<readonly {readonly digest: string; readonly platform?: object}[]> {
	const found = await client.resolve(reference(registry.host, name));
	const parsed = found.kind === 'found' ? parseManifest(found.bytes) : undefined;
	return parsed?.kind === 'index' ? parsed.manifests : [];
}

test('images of several platforms become one index, which the tags get last', async t => {
	const targets = targetsOf();
	const first = await lookUpBoth(['multi:1'], targets);
	t.is(first.reason, 'not every step hits');
	t.deepEqual(namesToPush(first, targets.arm64), [`${registry.host}/multi:${ownTag('arm64')}`]);
	const amd64 = await push(ownTag('amd64'), 'amd64', '1');
	const half = await tagPushed(first, new Map([[targets.amd64, amd64.index.digest]]), client, writer);
	t.is(half.kind, 'failed');
	t.is(await digestOf('multi:1'), undefined, 'no tag moves for a part');

	const arm64 = await push(ownTag('arm64'), 'arm64', '2');
	const pushed = await tagPushed(first, new Map(), client, writer);
	t.deepEqual(pushed.kind === 'published' ? states(pushed.tags) : pushed, ['pushed']);
	const parts = [
		...(await manifestsOf(`multi:${ownTag('amd64')}`)),
		...(await manifestsOf(`multi:${ownTag('arm64')}`)),
	];
	t.is(parts.length, 4);
	t.deepEqual(await manifestsOf('multi:1'), parts, 'with attestations, as they are');

	const known = await lookUpBoth(['multi:1', 'multi:2'], targetsOf({amd64: amd64.layers, arm64: arm64.layers}));
	t.is(known.reason, undefined);
	const tagged = await tagKnown(known, writer);
	t.deepEqual(tagged.kind === 'published' ? states(tagged.tags) : tagged, ['unchanged', 'retagged']);
	t.is(await digestOf('multi:2'), await digestOf('multi:1'));

	// One platform has another image: the other is not built again, and the index is a new one.
	const changed = targetsOf({amd64: amd64.layers, arm64: [sha256('other')]});
	const partly = await lookUpBoth(['multi:2'], changed);
	t.deepEqual([isKnown(partly, changed.amd64), isKnown(partly, changed.arm64)], [true, false]);
	await push(ownTag('arm64'), 'new', '3');
	const renewed = await tagPushed(partly, new Map(), client, writer);
	t.deepEqual(renewed.kind === 'published' ? states(renewed.tags) : renewed, ['pushed']);
	t.deepEqual((await manifestsOf('multi:2')).slice(0, 2), parts.slice(0, 2));
	t.is((await manifestsOf('multi:1')).length, 4);
});

test('without key tags each platform has a tag of its own, and an image without an index is described', async t => {
	const targets = targetsOf();
	const found = await lookUpBoth(['keyless:1', 'keyless:2', 'other'], targets, false);
	t.deepEqual(namesToPush(found, targets.amd64), [
		`${registry.host}/keyless:1-ON-linux-amd64`,
		`${registry.host}/other:latest-ON-linux-amd64`,
	]);
	for (const path of ['keyless', 'other']) {
		const repository = {host: registry.host, path};
		for (const architecture of ['amd64', 'arm64']) {
			const config = await pushBlob(repository, types.ociConfig, {os: 'linux', architecture});
			const tag = `${path === 'other' ? 'latest' : '1'}-ON-linux-${architecture}`;
			await pushManifest(repository, types.ociManifest, {config, layers: []}, tag);
		}
	}

	const pushed = await tagPushed(found, new Map(), client, writer);
	t.deepEqual(pushed.kind === 'published' ? states(pushed.tags) : pushed, ['pushed', 'pushed', 'pushed']);
	t.deepEqual(
		(await manifestsOf('keyless:2')).map(({platform}) => platform),
		[
			{os: 'linux', architecture: 'amd64'},
			{os: 'linux', architecture: 'arm64'},
		],
	);
	t.is(await digestOf('other:latest'), await digestOf('keyless:1'));
});
