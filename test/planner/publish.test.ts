import test from 'ava';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {createRegistryWriter} from '../../planner/images/registry-writer.ts';
import type {PlannedResult} from '../../planner/plan.ts';
import {publishBuilt, pushedNames} from '../../planner/publish/publish-built.ts';
import {lookUpResult, type Publishing, tagAll} from '../../planner/publish/publish-known.ts';
import {wantedTags} from '../../planner/publish/wanted-tags.ts';
import {forward, type Handler} from '../helpers/http-server.ts';
import {types} from '../helpers/push.ts';
import {type PushedImage, pushImage as pushTo} from '../helpers/push-image.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {loggedIn, reference, withServer} from '../helpers/registry-client.ts';

let registry: TestRegistry;

test.before(async () => {
	registry = await startRegistry();
});

test.after.always(() => registry.stop());

const client = createRegistryClient({credentials: anonymous});
const writer = createRegistryWriter({credentials: anonymous});

const pushImage = (path: string, tag: string, text: string, attestation: string): Promise<PushedImage> =>
	pushTo({host: registry.host, path}, tag, text, attestation);

const definition = sha256('definition');
const known = (layers?: readonly Digest[]): PlannedResult => ({
	definition: () => ({kind: 'known', digest: definition}),
	...(layers !== undefined && {layers}),
});
const keyTag = `cachecast-${sha256(JSON.stringify([definition, '', []])).slice(7, 39)}`;

function lookUp(
	names: readonly string[],
	result: PlannedResult,
	mayReuse = true,
	verifyBlobs = false,
): Promise<Publishing> {
	const tags = wantedTags(names.map(name => `${registry.host}/${name}`));
	if (tags.kind === 'invalid') {
		throw new Error(tags.message);
	}

	return lookUpResult(tags.tags, result, {client, surroundings: [], keepsKey: true, mayReuse, verifyBlobs});
}

async function digestOf(name: string): Promise<string | undefined> {
	const found = await client.resolve(reference(registry.host, name));
	return found.kind === 'found' ? found.digest : undefined;
}

const states = (tags: readonly {readonly state: string}[]): readonly string[] => tags.map(({state}) => state);

test('a result that was pushed before gets its tags, byte for byte', async t => {
	const {index, layers} = await pushImage('known', keyTag, 'a', '1');
	await pushImage('known', 'same', 'a', '2');
	await pushImage('known', 'other', 'b', '3');
	const names = ['known:same', 'known:other', 'known:new'];
	const found = await lookUp(names, known(layers), true, true);
	t.is(found.kind, 'known');
	t.is(await digestOf('known:new'), undefined);
	const tagged = await tagAll(found.plan, writer);
	t.deepEqual(tagged.kind === 'published' ? states(tagged.tags) : tagged, ['unchanged', 'retagged', 'retagged']);
	t.is(await digestOf('known:new'), index.digest);
	t.is(await digestOf('known:other'), index.digest);
	t.not(await digestOf('known:same'), index.digest, 'what differs in its attestation only is left alone');
});

test('what has to be built, and why', async t => {
	const {layers} = await pushImage('unknown', keyTag, 'a', '1');
	const reasons: readonly (readonly [
		reason: string,
		names: readonly string[],
		result: PlannedResult,
		mayReuse?: boolean,
	])[] = [
		['not every step hits', ['unknown:1'], known()],
		['not every step hits', ['unknown:1'], known(layers), false],
		['the caches hold other layers than the image that was pushed', ['unknown:1'], known([sha256('other')])],
		['the caches hold other layers than the image that was pushed', ['unknown:1'], known([])],
		['this result was not pushed before', ['empty:1'], known(layers)],
		['this result was not pushed before', ['unknown:1', 'empty:1'], known(layers)],
	];
	for (const [reason, names, result, mayReuse] of reasons) {
		t.like(await lookUp(names, result, mayReuse), {kind: 'build', reason, plan: {keyTag}});
	}

	const open = {layers, definition: () => ({kind: 'open' as const, reason: 'a URL'})};
	const found = await lookUp(['unknown:1'], open);
	t.like(found, {kind: 'build', reason: 'a URL', plan: {keyTag: undefined}});
	t.deepEqual(pushedNames(found.plan), [`${registry.host}/unknown:1`]);
});

test('what was built is pushed to the key tag, and other tags move only for another image', async t => {
	const names = ['built:1', 'built:2'];
	const first = await lookUp(names, known());
	t.deepEqual(pushedNames(first.plan), [`${registry.host}/built:${keyTag}`]);
	const one = await pushImage('built', keyTag, 'a', '1');
	const pushed = await publishBuilt(first.plan, one.index.digest, client, writer);
	t.deepEqual(pushed.kind === 'published' ? states(pushed.tags) : pushed, ['pushed', 'pushed']);
	t.is(await digestOf('built:2'), one.index.digest);

	const second = await lookUp([...names, 'built:3'], known());
	const two = await pushImage('built', keyTag, 'a', '2');
	const unchanged = await publishBuilt(second.plan, two.index.digest, client, writer);
	t.deepEqual(unchanged.kind === 'published' ? states(unchanged.tags) : unchanged, [
		'unchanged',
		'unchanged',
		'retagged',
	]);
	t.is(await digestOf('built:1'), one.index.digest);

	// Another build has moved the key tag meanwhile: what counts is what this engine says it pushed.
	const third = await lookUp(['built:1'], known());
	const mine = await pushImage('built', keyTag, 'mine', '3');
	await pushImage('built', keyTag, 'theirs', '4');
	const exact = await publishBuilt(third.plan, mine.index.digest, client, writer);
	t.like(exact, {kind: 'published', tags: [{state: 'pushed', digest: mine.index.digest}]});

	// The id that an engine without the containerd store tells is in no registry.
	const fourth = await lookUp(['built:4'], known());
	t.like(await publishBuilt(fourth.plan, sha256('image id'), client, writer), {
		kind: 'published',
		tags: [{state: 'retagged'}],
	});
});

test('without a key the engine moves the tags, and they are only compared', async t => {
	const open: PlannedResult = {definition: () => ({kind: 'open', reason: 'a URL'})};
	await pushImage('plain', '1', 'a', '1');
	const before = await lookUp(['plain:1', 'plain:2'], open);
	await pushImage('plain', '1', 'a', '2');
	const two = await pushImage('plain', '2', 'b', '3');
	const published = await publishBuilt(before.plan, two.index.digest, client, writer);
	t.deepEqual(published.kind === 'published' ? states(published.tags) : published, ['unchanged', 'pushed']);
});

test('an image whose parts are gone cannot be tagged', async t => {
	const {index, layers} = await pushImage('gone', keyTag, 'a', '1');
	const {plan} = await lookUp(['gone:1'], known(layers));
	const elsewhere = new Map([...plan.before].map(([name, image]) => [name.replace('/gone:', '/nowhere:'), image]));
	const tags = wantedTags([`${registry.host}/nowhere:1`]);
	const failed = tags.kind === 'tags' ? await tagAll({...plan, tags: tags.tags, before: elsewhere}, writer) : undefined;
	t.is(failed?.kind, 'failed');
	t.regex(failed?.kind === 'failed' ? failed.reason : '', /\/nowhere:1 could not be tagged: /);
	t.truthy(index);
});

test('names that cannot be pushed to', t => {
	t.like(wantedTags(['Upper']), {kind: 'invalid'});
	t.like(wantedTags([`app@${sha256('x')}`]), {kind: 'invalid', hint: 'write -t registry/name:tag'});
});

test('a manifest is put with a token that may write, and its login is told to nobody else', async t => {
	const secret = 's3cret-p4ssword';
	const {index} = await pushImage('org/app', 'v1', 'a', '1');
	const manifest = await client.resolve(reference(registry.host));
	const scopes: (string | null)[] = [];
	const handle: Handler = async (request, response) => {
		const url = new URL(request.url ?? '', `http://${request.headers.host}`);
		const token = request.headers.authorization;
		if (url.pathname === '/token') {
			scopes.push(url.searchParams.get('scope'));
			response.end(JSON.stringify({token: url.searchParams.get('scope')?.endsWith('push') ? 'write' : 'read'}));
		} else if (request.method === 'GET' && token === 'Bearer read') {
			await forward(registry.host, request, response);
		} else if (request.method === 'PUT' && token === 'Bearer write') {
			response.writeHead(201, {'docker-content-digest': index.digest}).end();
		} else {
			// As some registries do, it names no scope.
			response.writeHead(401, {'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`}).end();
		}
	};
	await withServer(handle, async ({host}) => {
		const credentials = loggedIn({kind: 'password', username: 'ann', password: secret});
		const own = createRegistryClient({credentials});
		t.like(await own.resolve(reference(host)), {kind: 'found'});
		const put = createRegistryWriter({credentials});
		if (manifest.kind === 'found') {
			t.deepEqual(await put.putManifest(reference(host), manifest.mediaType, manifest.bytes), {kind: 'written'});
		}
	});
	t.deepEqual(scopes, ['repository:org/app:pull', 'repository:org/app:pull,push']);
});

test('a login that may not write is told so, without the secret', async t => {
	const secret = 's3cret-p4ssword';
	const handle: Handler = (_, response) => {
		response.writeHead(403).end();
	};
	await withServer(handle, async ({host}) => {
		const put = createRegistryWriter({credentials: loggedIn({kind: 'password', username: 'ann', password: secret})});
		const written = await put.putManifest(reference(host), types.ociIndex, Buffer.from('{}'));
		t.deepEqual(written, {
			kind: 'failed',
			reason: `registry "${host}" does not let "org/app" be written without a login; check the name, or run "docker login ${host}"`,
		});
		t.false(JSON.stringify(written).includes(secret));
	});
});
