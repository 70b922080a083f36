import {mkdtempSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {type AddressInfo, connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {anonymous} from '../../planner/images/credentials.ts';
import {createFetch} from '../../planner/images/http-fetch.ts';
import {proxyFor} from '../../planner/images/proxy.ts';
import {createRegistryClient, type RegistryClient} from '../../planner/images/registry-client.ts';
import {tlsSources} from '../../planner/images/registry-tls.ts';
import {makeCertificate} from '../helpers/certificate.ts';
import {forward} from '../helpers/http-server.ts';
import {type PushedBlob, pushBlob, pushManifest, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';
import {reference} from '../helpers/registry-client.ts';

type Env = Readonly<Record<string, string>>;

const chooses = test.macro({
	exec(t, url: string, env: Env, expected: string) {
		const choice = proxyFor(new URL(url), env);
		t.is(choice.kind === 'proxy' ? `${choice.variable} ${choice.url.href}` : choice.kind, expected);
	},
	title: (_, url: string, env: Env) => `proxy for ${url} with ${JSON.stringify(env)}`,
});

const both = {HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://tls:2'};
test(chooses, 'https://r.io/v2/', both, 'HTTPS_PROXY http://tls:2/');
test(chooses, 'http://r.io/v2/', both, 'HTTP_PROXY http://plain:1/');
test(chooses, 'https://r.io/', {https_proxy: 'lower:3'}, 'https_proxy http://lower:3/');
test(chooses, 'https://r.io/', {...both, https_proxy: 'http://lower:3'}, 'HTTPS_PROXY http://tls:2/');
test(chooses, 'https://r.io/', {HTTP_PROXY: 'http://plain:1'}, 'direct');
test(chooses, 'https://r.io/', {HTTPS_PROXY: ''}, 'direct');
test(chooses, 'https://r.io/', {HTTPS_PROXY: 'socks5://s:1'}, 'unusable');
test(chooses, 'https://r.io/', {HTTPS_PROXY: 'http://['}, 'unusable');
test(chooses, 'http://r.io/', {HTTP_PROXY: 'http://plain:1', REQUEST_METHOD: 'GET'}, 'direct');
test(chooses, 'http://localhost:5000/', both, 'direct');
test(chooses, 'http://127.0.0.1:5000/', both, 'direct');
test(chooses, 'http://[::1]:5000/', both, 'direct');

const excepts = test.macro({
	exec(t, exceptions: string, hosts: readonly string[], others: readonly string[]) {
		const env = {HTTPS_PROXY: 'http://p:1', NO_PROXY: exceptions};
		const isDirect = (host: string): boolean => proxyFor(new URL(`https://${host}/`), env).kind === 'direct';
		t.deepEqual(
			hosts.filter(host => !isDirect(host)),
			[],
		);
		t.deepEqual(others.filter(isDirect), []);
	},
	title: (_, exceptions: string) => `NO_PROXY=${exceptions}`,
});

test(excepts, '*', ['r.io', '10.0.0.1'], []);
test(excepts, 'r.io', ['r.io', 'a.r.io', 'R.IO', 'r.io:5000'], ['xr.io', 'r.io.example']);
test(excepts, '.r.io', ['a.r.io', 'b.a.r.io'], ['r.io']);
test(excepts, '*.r.io', ['a.r.io'], ['r.io']);
test(excepts, 'x.io, r.io:5000 ,', ['r.io:5000', 'x.io'], ['r.io', 'r.io:5001']);
test(excepts, 'r.io:443', ['r.io'], ['r.io:444']);
test(excepts, '10.0.0.0/8,fd00::/8', ['10.1.2.3', '10.1.2.3:5000', '[fd00::1]'], ['11.1.2.3', '[fe00::1]', 'r10.io']);
test(excepts, '10.0.0.1,[fd00::1]:5000', ['10.0.0.1', '[fd00::1]:5000'], ['10.0.0.2', '[fd00::1]']);
test(excepts, '10.0.0.0/99,/,:', [], ['10.0.0.1', 'r.io']);
test('no_proxy in lower case', t => {
	t.is(proxyFor(new URL('https://r.io/'), {HTTPS_PROXY: 'http://p:1', no_proxy: 'r.io'}).kind, 'direct');
});

let registry: TestRegistry;
let manifest: PushedBlob;
const certificate = makeCertificate('registry.test');
const servers: Server[] = [];
/** What the proxy was asked for: method and target, and the login. */
const asked: string[] = [];
let proxy = '';
let tlsPort = 0;

test.before(async () => {
	registry = await startRegistry();
	const config = await pushBlob({host: registry.host, path: 'org/app'}, types.ociConfig, {});
	manifest = await pushManifest({host: registry.host, path: 'org/app'}, types.ociManifest, {config, layers: []}, 'v1');
	const tls = createTlsServer(certificate, (request, response) => forward(registry.host, request, response));
	tlsPort = await listen(tls);
	const relay = createServer((request, response) => {
		asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
		const url = new URL(request.url ?? '');
		return forward(registry.host, Object.assign(request, {url: url.pathname}), response);
	});
	relay.on('connect', (request, socket) => {
		asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
		if (request.url?.startsWith('refused.')) {
			socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
			return;
		}

		const through = connect(tlsPort, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			through.pipe(socket).pipe(through);
		});
		for (const one of [through, socket]) {
			one.on('error', () => undefined);
		}
	});
	proxy = `127.0.0.1:${await listen(relay)}`;
});

test.after.always(async () => {
	for (const server of servers) {
		server.close();
		server.closeAllConnections();
	}

	await registry.stop();
});

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
	servers.push(server as Server);
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return (server.address() as AddressInfo).port;
}

function client(env: Env, ca: readonly string[] = [], folders: readonly string[] = []): RegistryClient {
	return createRegistryClient({
		credentials: anonymous,
		fetch: createFetch({env, tlsOf: tlsSources({ca, folders})}),
		retries: 0,
	});
}

const insecure = {...reference('registry.test'), insecure: true};

test.serial('https goes through the proxy in a tunnel, with its login, to a registry whose CA was named', async t => {
	asked.length = 0;
	const env = {HTTPS_PROXY: `http://ann:s3cret@${proxy}`};
	t.like(await client(env, [certificate.cert]).resolve(reference('registry.test')), {digest: manifest.digest});
	t.deepEqual(asked, [`CONNECT registry.test:443 Basic ${Buffer.from('ann:s3cret').toString('base64')}`]);
	t.deepEqual(await client(env).resolve(reference('registry.test')), {
		kind: 'failed',
		reason: `registry "registry.test" cannot be used: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); name its CA with --registry-ca (asked through the proxy of HTTPS_PROXY)`,
	});
});

test.serial('http is handed to the proxy as it is', async t => {
	asked.length = 0;
	// https is tried first, and its certificate is not trusted.
	const env = {HTTP_PROXY: `ann:s3cret@${proxy}`, HTTPS_PROXY: proxy};
	t.like(await client(env).resolve(insecure), {digest: manifest.digest});
	t.deepEqual(asked, [
		'CONNECT registry.test:443',
		`GET http://registry.test/v2/org/app/manifests/v1 Basic ${Buffer.from('ann:s3cret').toString('base64')}`,
	]);
});

test.serial('a proxy that refuses, is not there, or is none', async t => {
	const problem = async (HTTPS_PROXY: string): Promise<string> => {
		const result = await client({HTTPS_PROXY}).resolve(reference('refused.test'));
		return result.kind === 'failed' ? result.reason : result.kind;
	};
	const lead = 'registry "refused.test" cannot be used: ';
	t.is(
		await problem(`http://ann:s3cret@${proxy}`),
		`${lead}the proxy of HTTPS_PROXY does not let it be reached; check the proxy and its login`,
	);
	t.is(
		await problem('http://ann:s3cret@127.0.0.1:1'),
		`${lead}it refuses the connection; is it running? (asked through the proxy of HTTPS_PROXY)`,
	);
	t.is(
		await problem('socks5://ann:s3cret@h'),
		`${lead}HTTPS_PROXY names a proxy that cannot be used; write http://<host>:<port>`,
	);
});

test('certificates of a registry in a folder, as the Docker engine has them', async t => {
	const folder = mkdtempSync(path.join(tmpdir(), 'cachecast-certs-'));
	const host = `127.0.0.1:${tlsPort}`;
	await mkdir(path.join(folder, host));
	await writeFile(path.join(folder, host, 'ca.crt'), certificate.cert);
	const url = new URL(`https://${host}/v2/org/app/manifests/v1`);
	const init = {
		method: 'GET',
		headers: {accept: types.ociManifest},
		redirect: 'manual',
		signal: AbortSignal.timeout(10_000),
	} as const;
	const ask = (folders: readonly string[]) => createFetch({env: {}, tlsOf: tlsSources({ca: [], folders})})(url, init);
	t.is((await ask([path.join(folder, 'none'), folder])).status, 200);
	await t.throwsAsync(ask([]));
	await writeFile(path.join(folder, host, 'client.cert'), certificate.cert);
	await writeFile(path.join(folder, host, 'client.key'), certificate.key);
	t.like(await tlsSources({ca: [], folders: [folder]})(host), certificate);
	t.is(await tlsSources({ca: [], folders: [folder]})('127.0.0.1:1'), undefined);
	// A list of one's own replaces Node's, so what Node would trust has to be in it.
	const extraFile = path.join(folder, host, 'ca.crt');
	const {ca = []} = (await tlsSources({ca: ['named'], folders: [], extraFile})('r.io')) ?? {};
	t.deepEqual(ca.slice(-2), [certificate.cert, 'named']);
	t.true(ca.length > 50);
});
