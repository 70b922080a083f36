import test from 'ava';
import {anonymous} from '../../planner/images/credentials.ts';
import {repositoryAddresses} from '../../planner/images/registry-address.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {parseMirrorFlag} from '../../planner/images/registry-routes.ts';
import {type Handler, startServer} from '../helpers/http-server.ts';
import {reference, withServer} from '../helpers/registry-client.ts';

const mirrors = test.macro({
	exec(t, text: string, domain: string, url: string) {
		t.deepEqual(parseMirrorFlag(text), {kind: 'mirror', domain, url});
	},
	title: (_, text: string) => `--registry-mirror ${text}`,
});

test(mirrors, 'https://mirror.gcr.io', 'docker.io', 'https://mirror.gcr.io');
test(mirrors, 'mirror.gcr.io', 'docker.io', 'https://mirror.gcr.io');
test(mirrors, 'ghcr.io=http://10.0.0.1:5000/ghcr', 'ghcr.io', 'http://10.0.0.1:5000/ghcr');
test(mirrors, 'localhost:5000=m.io', 'localhost:5000', 'https://m.io');

const refuses = test.macro({
	exec(t, text: string, message: string) {
		t.like(parseMirrorFlag(text), {kind: 'invalid', message});
	},
	title: (_, text: string) => `no --registry-mirror: ${text}`,
});

test(refuses, '', '--registry-mirror is not an address');
test(refuses, 'https://', '--registry-mirror is not an address');
test(refuses, 'UPPER.IO/x=https://m.io', '--registry-mirror is not an address');
test(refuses, 'ftp://m.io', '--registry-mirror is not the address of a registry');
test(refuses, 'https://ann:s3cret@m.io', '--registry-mirror holds a login');

test('mirrors are asked first, and told whose image it is', t => {
	const routes = {
		mirrors: new Map([['ghcr.io', ['https://m.io/ghcr/', 'http://10.0.0.1:5000']]]),
		insecure: new Set<string>(),
	};
	const [first, own] = repositoryAddresses(reference('ghcr.io'), routes);
	t.deepEqual(
		[...first, ...own].map(({base, query, reference: {domain, insecure}}) => [base, query, domain, insecure]),
		[
			['https://m.io/v2/ghcr/org/app/', '?ns=ghcr.io', 'm.io', false],
			['http://10.0.0.1:5000/v2/org/app/', '?ns=ghcr.io', '10.0.0.1:5000', true],
			['https://ghcr.io/v2/org/app/', '', 'ghcr.io', undefined],
		],
	);
	t.deepEqual(repositoryAddresses(reference('r.io'), routes)[0], []);
});

test('a registry that was called insecure is asked without encryption at last', t => {
	const routes = {mirrors: new Map(), insecure: new Set(['r.io:5000'])};
	const [, own] = repositoryAddresses(reference('r.io:5000'), routes);
	t.deepEqual(
		own.map(({base}) => base),
		['https://r.io:5000/v2/org/app/', 'http://r.io:5000/v2/org/app/'],
	);
});

const image = '{"schemaVersion":2,"config":{},"layers":[]}';
const type = 'application/vnd.oci.image.manifest.v1+json';

test('what a mirror has comes from there; what it lacks or refuses, or when it is down, from the registry', async t => {
	const origin: string[] = [];
	let status = 200;
	const mirror: Handler = (_, response) => {
		response.writeHead(status, {'content-type': type}).end(image);
	};
	await withServer(mirror, async server => {
		const client = createRegistryClient({
			credentials: anonymous,
			retries: 0,
			routes: {mirrors: new Map([['docker.io', [`http://${server.host}`]]]), insecure: new Set()},
			fetch: async (url, init) => {
				if (url.host === server.host) {
					return fetch(url, init);
				}

				origin.push(url.href);
				return new Response(image, {headers: {'content-type': type}});
			},
		});
		const hub = reference('docker.io', 'library/app:v1');
		t.like(await client.resolve(hub), {kind: 'found'});
		t.is(server.requests[0]?.url, '/v2/library/app/manifests/v1?ns=docker.io');
		t.deepEqual(origin, []);
		for (const other of [404, 403, 500]) {
			status = other;
			t.like(await client.resolve(hub), {kind: 'found'});
		}

		t.deepEqual(
			origin,
			Array.from({length: 3}, () => 'https://registry-1.docker.io/v2/library/app/manifests/v1'),
		);
		await server.stop();
		t.like(await client.resolve(hub), {kind: 'found'});
		t.is(origin.length, 4);
	});
});

test('the login of a mirror is that of its host, and the registry keeps its own', async t => {
	const seen: string[] = [];
	const guarded =
		(name: string, answers: number): Handler =>
		({headers}, response) => {
			seen.push(`${name} ${headers.authorization ?? 'none'}`);
			response.writeHead(headers.authorization === undefined ? 401 : answers, {
				'content-type': type,
				'www-authenticate': 'Basic realm="x"',
			});
			response.end(image);
		};
	const mirror = await startServer(guarded('mirror', 404));
	const origin = await startServer(guarded('origin', 200));
	const client = createRegistryClient({
		credentials: {
			find: async domain => ({kind: 'login', login: {kind: 'password', username: domain, password: 'p'}}),
		},
		routes: {mirrors: new Map([[origin.host, [`http://${mirror.host}`]]]), insecure: new Set()},
	});
	t.like(await client.resolve(reference(origin.host)), {kind: 'found'});
	const login = (host: string): string => `Basic ${Buffer.from(`${host}:p`).toString('base64')}`;
	t.deepEqual(seen, ['mirror none', `mirror ${login(mirror.host)}`, 'origin none', `origin ${login(origin.host)}`]);
	await Promise.all([mirror.stop(), origin.stop()]);
});
