import type {IncomingMessage} from 'node:http';
import {setTimeout} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryWriter} from '../../planner/images/registry-writer.ts';
import type {Handler} from '../helpers/http-server.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {reference, withServer} from '../helpers/registry-client.ts';
import {type Fault, startRegistryProxy} from '../helpers/registry-proxy.ts';

let registry: TestRegistry;

test.before(async () => {
	registry = await startRegistry();
});

test.after.always(() => registry.stop());

const bytes = Buffer.from('config');
const digest = sha256(bytes);
const writer = createRegistryWriter({credentials: anonymous, wait: async () => {}});

/** A registry without the blob that sends uploads on to `location`. */
function uploads(location: string): Handler {
	return (request, response) => {
		const statuses: Readonly<Record<string, number>> = {HEAD: 404, POST: 202, PUT: 201};
		response.writeHead(statuses[request.method ?? ''] ?? 500, {location}).end();
	};
}

const asked = (requests: readonly IncomingMessage[]): readonly string[] =>
	requests.map(({method, url}) => `${method} ${url}`);

test('a blob goes where the registry says, with its digest', async t => {
	await withServer(uploads('/v2/org/app/blobs/uploads/7?state=x'), async ({host, requests}) => {
		t.deepEqual(await writer.putBlob(reference(host), digest, bytes), {kind: 'written'});
		t.deepEqual(asked(requests), [
			`HEAD /v2/org/app/blobs/${digest}`,
			'POST /v2/org/app/blobs/uploads/',
			`PUT /v2/org/app/blobs/uploads/7?state=x&digest=${encodeURIComponent(digest)}`,
		]);
	});
});

test('content and login stay with the registry', async t => {
	await withServer(uploads('http://127.0.0.2:9/steal'), async ({host, requests}) => {
		const written = await writer.putBlob(reference(host), digest, bytes);
		t.like(written, {
			kind: 'failed',
			reason: `registry "${host}" cannot be used: it wants content sent to another host`,
		});
		t.is(requests.length, 2);
	});
});

test('a blob that is there is not sent again', async t => {
	await withServer(
		(_, response) => {
			response.writeHead(200).end();
		},
		async ({host, requests}) => {
			t.deepEqual(await writer.putBlob(reference(host), digest, bytes), {kind: 'written', wasThere: true});
			t.is(requests.length, 1);
		},
	);
});

test('a manifest that is refused is a reason', async t => {
	await withServer(
		(_, response) => {
			response.writeHead(400).end();
		},
		async ({host, requests}) => {
			const written = await writer.putManifest(reference(host), 'application/json', bytes);
			t.like(written, {kind: 'failed'});
			t.deepEqual(asked(requests), ['PUT /v2/org/app/manifests/v1']);
			t.is(requests[0]?.headers['content-type'], 'application/json');
		},
	);
});

const large = Buffer.alloc(3 << 20, 'layer');
const real = reference('127.0.0.1', 'org/app:v1');

const survives = test.macro(
	async (
		t: ExecutionContext,
		fault: Fault,
		expected: 'written' | 'failed',
		waits: readonly number[],
	): Promise<void> => {
		const proxy = await startRegistryProxy(registry.host, fault);
		const waited: number[] = [];
		const patient = createRegistryWriter({
			credentials: anonymous,
			wait: async ms => {
				waited.push(ms);
			},
		});
		try {
			const content = Buffer.from(`${t.title}${large.toString()}`);
			const place = {...real, domain: proxy.host, path: `faults/${waits.length}-${expected}`};
			const written = await patient.putBlob(place, sha256(content), content);
			t.is(written.kind, expected, JSON.stringify(written));
			t.deepEqual(waited, waits, JSON.stringify(written));
			const found = await fetch(`http://${registry.host}/v2/${place.path}/blobs/${sha256(content)}`);
			t.is(found.status, expected === 'written' ? 200 : 404);
			t.is(sha256(Buffer.from(await found.arrayBuffer())) === sha256(content), expected === 'written');
		} finally {
			await proxy.stop();
		}
	},
);
const put = /^PUT .*\/blobs\/uploads\//;
test(
	'a blob cut in the middle is sent again',
	survives,
	{on: put, times: 1, act: {kind: 'cut-request', after: 1 << 20}},
	'written',
	[250],
);
test(
	'a blob cut each time',
	survives,
	{on: put, act: {kind: 'cut-request', after: 1 << 20}},
	'failed',
	[250, 500, 1000],
);
test(
	'an upload that is refused for a while',
	survives,
	{on: /^POST /, times: 2, act: {kind: 'status', status: 503}},
	'written',
	[250, 500],
);
test(
	'an upload that has to wait',
	survives,
	{on: /^POST /, times: 1, act: {kind: 'status', status: 429, headers: {'retry-after': '3'}}},
	'written',
	[3000],
);

test('a body that is sent piece by piece has its length, and is opened anew for each attempt', async t => {
	const got: string[] = [];
	let opened = 0;
	await withServer(
		async (request, response) => {
			if (request.method !== 'PUT') {
				await uploads('/v2/org/app/blobs/uploads/7')(request, response);
				return;
			}

			t.is(request.headers['content-length'], String(bytes.byteLength));
			let text = '';
			for await (const chunk of request) {
				text += String(chunk);
			}

			got.push(text);
			response.writeHead(got.length === 1 ? 503 : 201).end();
		},
		async ({host}) => {
			const source = {
				size: bytes.byteLength,
				async *open() {
					opened++;
					yield bytes.subarray(0, 2);
					yield bytes.subarray(2);
				},
			};
			t.deepEqual(await writer.putBlob(reference(host), digest, source), {kind: 'written'});
		},
	);
	t.deepEqual(got, ['config', 'config']);
	t.is(opened, 2);
});

test('a body may take longer than one answer, as long as it goes on', async t => {
	const impatient = createRegistryWriter({credentials: anonymous, timeoutMs: 400, retries: 0});
	const slow = {
		size: bytes.byteLength,
		async *open() {
			for (const byte of bytes) {
				await setTimeout(150);
				yield Uint8Array.of(byte);
			}
		},
	};
	await withServer(
		async (request, response) => {
			request.resume();
			request.on('end', () => void uploads('/v2/org/app/blobs/uploads/7')(request, response));
		},
		async ({host}) => {
			t.deepEqual(await impatient.putBlob(reference(host), digest, slow), {kind: 'written'});
		},
	);
});
