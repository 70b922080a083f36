import type {ServerResponse} from 'node:http';
import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import type {Login} from '../../planner/images/docker-config.ts';
import {isLoopback, registryOrigins} from '../../planner/images/registry-address.ts';
import {type BlobStream, createRegistryClient} from '../../planner/images/registry-client.ts';
import {forward, type Handler, startServer} from '../helpers/http-server.ts';
import {type PushedBlob, pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {impatientClient, loggedIn, reference, withServer} from '../helpers/registry-client.ts';

let registry: TestRegistry;
let config: PushedBlob;
let manifest: PushedBlob;

test.before(async () => {
	registry = await startRegistry();
	const repository = {host: registry.host, path: 'org/app'};
	config = await pushBlob(repository, types.ociConfig, {os: 'linux', architecture: 'amd64'});
	manifest = await pushManifest(repository, types.ociManifest, {config, layers: []}, 'v1');
});

test.after.always(() => registry.stop());

const password: Login = {kind: 'password', username: 'ann', password: 's3cret-p4ssword'};
const found = (bytes: number): object => ({kind: 'found', mediaType: types.ociManifest, bytes: {length: bytes}});

test('a real registry: found, missing, by digest, blobs', async t => {
	const {client} = impatientClient();
	const {host} = registry;
	t.like(await client.resolve(reference(host)), {...found(manifest.size), digest: manifest.digest});
	t.like(await client.resolve(reference(host, `org/app:gone@${manifest.digest}`)), {digest: manifest.digest});
	t.deepEqual(await client.resolve(reference(host, 'org/app:gone')), {kind: 'missing'});
	t.deepEqual(await client.resolve(reference(host, 'nobody/nothing')), {kind: 'missing'});
	t.like(await client.manifest(reference(host), manifest.digest), {kind: 'found'});
	t.like(await client.blob(reference(host), config.digest), {kind: 'found', bytes: {length: config.size}});
	t.deepEqual(await client.headBlob(reference(host), config.digest), {kind: 'found', size: config.size});
	t.deepEqual(await client.headBlob(reference(host), sha256('absent')), {kind: 'missing'});
	t.deepEqual(await client.blob(reference(host), sha256('absent')), {kind: 'missing'});
});

const recovers = test.macro(async (t, fail: (response: ServerResponse) => void, waits: readonly number[]) => {
	let failures = waits.length;
	const handle: Handler = (request, response) =>
		failures-- > 0 ? fail(response) : forward(registry.host, request, response);
	await withServer(handle, async ({host}) => {
		const patient = impatientClient();
		t.like(await patient.client.resolve(reference(host)), {...found(manifest.size), digest: manifest.digest});
		t.deepEqual(patient.waits, waits);
	});
});

test('429 and then an answer', recovers, response => response.writeHead(429).end(), [250, 500]);
test('503 with Retry-After', recovers, response => response.writeHead(503, {'retry-after': '2'}).end(), [2000]);
test('a connection lost at once', recovers, response => response.destroy(), [250]);
test(
	'a body cut in the middle',
	recovers,
	response => {
		response.writeHead(200, {'content-type': types.ociManifest, 'content-length': '1000'});
		response.write('{"schemaVersion"', () => response.destroy());
	},
	[250, 500, 1000],
);

const fails = test.macro(async (t, handle: Handler, expected: string, requests: number) => {
	await withServer(handle, async ({host, requests: seen}) => {
		const {client} = impatientClient();
		const result = await client.resolve(reference(host));
		t.deepEqual(result, {kind: 'failed', reason: expected.replace('HOST', host)});
		t.is(seen.length, requests);
	});
});

const answer =
	(status: number, headers: Record<string, string> = {}, body = ''): Handler =>
	(_, response) => {
		response.writeHead(status, headers).end(body);
	};

test('500 for good', fails, answer(500), 'registry "HOST" answered 500; try again later', 4);
test(
	'429 that asks for too long a wait',
	fails,
	answer(429, {'retry-after': '3600'}),
	'registry "HOST" allows no more requests now (429); wait, or log in',
	1,
);
test(
	'a web page instead of a manifest',
	fails,
	answer(200, {'content-type': 'text/html'}, '<html>'),
	'what "HOST" answered is no image manifest; check that it is a registry',
	1,
);
test(
	'a schema 1 manifest',
	fails,
	answer(200, {'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws'}, '{"schemaVersion":1}'),
	'registry "HOST" has "org/app" only as a schema 1 manifest, which BuildKit no longer reads; push the image again',
	1,
);
test(
	'a digest that does not fit',
	fails,
	answer(200, {'content-type': types.ociManifest, 'docker-content-digest': sha256('other')}, '{"config":{}}'),
	'registry "HOST" sent content that does not match its digest; try again, and check proxies in between',
	1,
);
test(
	'a redirect to itself',
	fails,
	answer(307, {location: '?'}),
	'registry "HOST" cannot be used: it redirects without end',
	6,
);
test(
	'a redirect to a file',
	fails,
	answer(302, {location: 'file:///etc/passwd'}),
	'registry "HOST" cannot be used: it redirects to an address without encryption',
	1,
);
test(
	'an endless manifest',
	fails,
	answer(200, {}, 'x'.repeat(5 << 20)),
	`registry "HOST" cannot be used: its answer is longer than ${4 * 1048 * 1048} bytes`,
	1,
);

test('a blob with other bytes, a server that is gone, one that never answers, a cancelled request', async t => {
	const {client} = impatientClient();
	await withServer(answer(200, {}, 'other'), async ({host}) => {
		t.like(await client.blob(reference(host), config.digest), {kind: 'failed'});
		t.like(await client.manifest(reference(host), manifest.digest), {kind: 'failed'});
	});
	const {host: gone} = await withServer(answer(200), async server => server);
	t.deepEqual(await client.resolve(reference(gone)), {
		kind: 'failed',
		reason: `registry "${gone}" cannot be used: it refuses the connection; is it running?`,
	});
	t.like(await client.resolve(reference('127.0.0.1:6000')), {
		reason:
			'registry "127.0.0.1:6000" cannot be used: Node does not connect to this port, which belongs to another service; use another one',
	});
	await withServer(
		() => undefined,
		async ({host}) => {
			const hasty = createRegistryClient({credentials: anonymous, timeoutMs: 100});
			t.deepEqual(await hasty.resolve(reference(host)), {
				kind: 'failed',
				reason: `registry "${host}" cannot be used: it did not answer within 0.1 s`,
			});
			const cancelled = createRegistryClient({credentials: anonymous, signal: AbortSignal.abort()});
			t.like(await cancelled.resolve(reference(host)), {kind: 'failed'});
		},
	);
});

/** All bytes of a stream, or the message it broke off with. */
async function drain(stream: BlobStream): Promise<Buffer | string> {
	if (stream.kind !== 'found') {
		return stream.kind;
	}

	const chunks: Uint8Array[] = [];
	try {
		for await (const chunk of stream.chunks) {
			chunks.push(chunk);
		}
	} catch (error) {
		return error instanceof Error ? error.message : 'no error';
	}

	return Buffer.concat(chunks);
}

test('a layer as a stream: whole, missing, given up in the middle', async t => {
	const bytes = Buffer.alloc(3 << 20, 'layer');
	const layer = await pushBlob({host: registry.host, path: 'org/app'}, types.ociLayer, bytes.toString());
	const {client} = impatientClient();
	const stream = await client.blobStream(reference(registry.host), layer.digest);
	t.like(stream, {kind: 'found', size: bytes.length});
	const whole = await drain(stream);
	t.true(typeof whole !== 'string' && whole.equals(bytes));
	t.is(await drain(await client.blobStream(reference(registry.host), sha256('absent'))), 'missing');
	const opened = await client.blobStream(reference(registry.host), layer.digest);
	if (opened.kind === 'found') {
		for await (const chunk of opened.chunks) {
			t.true(chunk.length < bytes.length);
			break;
		}
	}
});

const breaksOff = test.macro(async (t, handle: Handler, problem: string) => {
	await withServer(handle, async ({host}) => {
		const client = createRegistryClient({credentials: anonymous, timeoutMs: 3000});
		const result = await drain(await client.blobStream(reference(host), sha256('layer')));
		t.is(result, `registry "${host}" ${problem}`);
	});
});

test(
	'a layer of other bytes',
	breaksOff,
	answer(200, {}, 'other'),
	'sent content that does not match its digest; try again, and check proxies in between',
);
test(
	'a layer cut in the middle',
	breaksOff,
	(_, response) => {
		response.writeHead(200, {'content-length': '1000'});
		response.write('lay', () => response.destroy());
	},
	'cannot be used: it closed the connection; try again',
);
test(
	'a layer that stops coming',
	breaksOff,
	(_, response) => {
		response.writeHead(200, {'content-length': '1000'});
		response.write('lay');
	},
	'cannot be used: it did not answer within 3 s',
);

test('a redirect to another host is followed without the login', async t => {
	const store = await startServer((request, response) => forward(registry.host, request, response));
	const front: Handler = (request, response) => {
		if (request.headers.authorization === undefined) {
			response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
		} else {
			response.writeHead(307, {location: `http://${store.host}${request.url}?X-Signature=abc`}).end();
		}
	};
	await withServer(front, async ({host}) => {
		const {client} = impatientClient(loggedIn(password));
		t.like(await client.blob(reference(host), config.digest), {kind: 'found', bytes: {length: config.size}});
	});
	t.is(store.requests.length, 1);
	t.is(store.requests[0]?.headers.authorization, undefined);
	await store.stop();
});

test('http only on this machine; Docker Hub has a host of its own', t => {
	for (const domain of ['localhost', 'localhost:5000', '127.0.0.1', '127.8.9.1:80', '[::1]:5000']) {
		t.deepEqual(registryOrigins({domain, path: 'x'}), [`http://${domain}`]);
	}

	t.deepEqual(registryOrigins({domain: 'docker.io', path: 'x'}), ['https://registry-1.docker.io']);
	t.deepEqual(registryOrigins({domain: 'r.io:80', path: 'x'}), ['https://r.io:80']);
	t.deepEqual(registryOrigins({domain: 'r.io', path: 'x', insecure: true}), ['https://r.io', 'http://r.io']);
	t.false(isLoopback('127.0.0.1.example.com'));
	t.false(isLoopback('localhost.example.com:5000'));
});

/** A fetch that takes the host `registry.test` for the real registry; https fails as on a server that speaks only http. */
function fetchWithoutTls(seen: string[]): typeof globalThis.fetch {
	return async (input, init) => {
		const url = new URL(String(input));
		seen.push(`${url.protocol}//${url.host}`);
		if (url.protocol === 'https:') {
			throw new TypeError('fetch failed', {
				cause: Object.assign(new Error(url.href), {code: 'ERR_SSL_WRONG_VERSION_NUMBER'}),
			});
		}

		return fetch(`http://${registry.host}${url.pathname}`, init);
	};
}

test('http elsewhere only for a registry that was called insecure', async t => {
	const seen: string[] = [];
	const client = createRegistryClient({credentials: anonymous, fetch: fetchWithoutTls(seen)});
	t.deepEqual(await client.resolve(reference('registry.test')), {
		kind: 'failed',
		reason: 'registry "registry.test" cannot be used: it does not speak HTTPS; is the port right?',
	});
	t.deepEqual(seen.splice(0), ['https://registry.test']);
	t.like(await client.resolve({...reference('registry.test'), insecure: true}), {digest: manifest.digest});
	t.deepEqual(seen, ['https://registry.test', 'http://registry.test']);
});

test('no redirect leads out of encryption, and an untrusted certificate is named', async t => {
	const redirecting = createRegistryClient({
		credentials: anonymous,
		fetch: async () => new Response(null, {status: 302, headers: {location: `http://${registry.host}/`}}),
	});
	t.deepEqual(await redirecting.resolve(reference('registry.test')), {
		kind: 'failed',
		reason: 'registry "registry.test" cannot be used: it redirects to an address without encryption',
	});
	const cause = Object.assign(new Error('https://registry.test/?token=abc'), {code: 'DEPTH_ZERO_SELF_SIGNED_CERT'});
	const untrusted = createRegistryClient({
		credentials: anonymous,
		fetch: async () => {
			throw new TypeError('fetch failed', {cause});
		},
	});
	t.deepEqual(await untrusted.resolve(reference('registry.test')), {
		kind: 'failed',
		reason:
			'registry "registry.test" cannot be used: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); name its CA with --registry-ca',
	});
});
