import type {IncomingMessage} from 'node:http';
import test from 'ava';
import {parseChallenges} from '../../planner/images/challenge.ts';
import type {Credentials} from '../../planner/images/credentials.ts';
import type {Login} from '../../planner/images/docker-config.ts';
import {forward, type Handler} from '../helpers/http-server.ts';
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

const secret = 's3cret-p4ssword';
const password: Login = {kind: 'password', username: 'ann', password: secret};

interface TokenService {
	readonly tokens: IncomingMessage[];
	readonly forms: string[];
	readonly handle: Handler;
}

/** A registry that wants a token, and its token service at /token, which gives one to whoever `accepts` lets in. */
function tokenService(accepts: (authorization: string | undefined, form: string) => boolean): TokenService {
	const tokens: IncomingMessage[] = [];
	const forms: string[] = [];
	const handle: Handler = async (request, response) => {
		if (request.url?.startsWith('/token')) {
			let form = '';
			for await (const chunk of request) {
				form += String(chunk);
			}

			tokens.push(request);
			forms.push(form);
			response.writeHead(accepts(request.headers.authorization, form) ? 200 : 401);
			response.end(JSON.stringify({token: `token-${tokens.length}`, expires_in: 60}));
		} else if (request.headers.authorization === `Bearer token-${tokens.length}`) {
			await forward(registry.host, request, response);
		} else {
			const realm = `http://${request.headers.host}/token`;
			const challenge = `Bearer realm="${realm}",service="test, service",scope="repository:org/app:pull"`;
			response.writeHead(401, {'www-authenticate': challenge}).end();
		}
	};
	return {tokens, forms, handle};
}

test('an anonymous token, asked for once for requests at the same time', async t => {
	const service = tokenService(authorization => authorization === undefined);
	await withServer(service.handle, async ({host}) => {
		const {client} = impatientClient();
		const digests = [config.digest, config.digest, config.digest];
		const results = await Promise.all(digests.map(digest => client.headBlob(reference(host), digest)));
		t.true(results.every(({kind}) => kind === 'found'));
		t.like(await client.resolve(reference(host)), {digest: manifest.digest});
	});
	t.is(service.tokens.length, 1);
	t.is(service.tokens[0]?.url, '/token?service=test%2C+service&scope=repository%3Aorg%2Fapp%3Apull');
});

test('a token that has expired is fetched again', async t => {
	const service = tokenService(() => true);
	await withServer(service.handle, async ({host}) => {
		const {client} = impatientClient();
		t.like(await client.resolve(reference(host)), {kind: 'found'});
		service.tokens.push(...service.tokens);
		t.like(await client.resolve(reference(host)), {kind: 'found'});
	});
	t.is(service.tokens.length, 3);
});

test('logins: password, identity token, registry token', async t => {
	const basic = `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`;
	const withPassword = tokenService(authorization => authorization === basic);
	await withServer(withPassword.handle, async ({host}) => {
		t.like(await impatientClient(loggedIn(password)).client.resolve(reference(host)), {kind: 'found'});
	});
	const refreshing = tokenService((_, form) => new URLSearchParams(form).get('refresh_token') === secret);
	await withServer(refreshing.handle, async ({host}) => {
		const {client} = impatientClient(loggedIn({kind: 'identity-token', token: secret}));
		t.like(await client.resolve(reference(host)), {kind: 'found'});
		t.is(new URLSearchParams(refreshing.forms[0]).get('grant_type'), 'refresh_token');
	});
	const asIs = tokenService(() => false);
	await withServer(asIs.handle, async ({host}) => {
		const {client} = impatientClient(loggedIn({kind: 'registry-token', token: 'token-0'}));
		t.like(await client.resolve(reference(host)), {kind: 'found'});
	});
	t.is(asIs.tokens.length, 0);
});

test('a refusal names the registry and the way in, and no secret', async t => {
	const closed = tokenService(() => false);
	await withServer(closed.handle, async ({host}) => {
		t.deepEqual(await impatientClient().client.resolve(reference(host)), {
			kind: 'failed',
			reason: `registry "${host}" does not let "org/app" be read without a login; check the name, or run "docker login ${host}"`,
		});
		const refused = await impatientClient(loggedIn(password)).client.resolve(reference(host));
		t.deepEqual(refused, {
			kind: 'failed',
			reason: `registry "${host}" does not let the saved login read "org/app"; check the name, or run "docker login ${host}" again`,
		});
		t.notRegex(JSON.stringify(refused), new RegExp(secret));
		const broken: Credentials = {find: async () => ({kind: 'failed', reason: 'no store'})};
		const withReason = await impatientClient(broken).client.resolve(reference(host));
		t.regex(JSON.stringify(withReason), /saved logins could not be used: no store/);
	});
});

test('a login is not sent to an unencrypted token service elsewhere', async t => {
	const challenge = 'Bearer realm="http://tokens.example.com/"';
	const handle: Handler = (_, response) => {
		response.writeHead(401, {'www-authenticate': challenge}).end();
	};
	await withServer(handle, async ({host}) => {
		const {client} = impatientClient(loggedIn(password));
		t.deepEqual(await client.resolve(reference(host)), {
			kind: 'failed',
			reason: `registry "${host}" names no safe address to get a token from; tell its operator`,
		});
	});
});

const challenges = test.macro((t, header: string, expected: readonly (readonly [string, object])[]) => {
	const parsed = parseChallenges(header);
	t.deepEqual(
		parsed.map(({scheme, parameters}) => [scheme, Object.fromEntries(parameters)]),
		expected.map(pair => [...pair]),
	);
});

test('challenge: quoted, escaped, unquoted', challenges, 'Bearer realm="a,b",x="q\\"q", Service = y', [
	['bearer', {realm: 'a,b', x: 'q"q', service: 'y'}],
]);
test('challenge: several', challenges, 'Negotiate, Basic realm="r" , bearer realm=z,scope=""', [
	['negotiate', {}],
	['basic', {realm: 'r'}],
	['bearer', {realm: 'z', scope: ''}],
]);
test('challenge: nothing to read', challenges, '"', []);
test('challenge: what follows a broken part is left', challenges, 'Basic realm="r", ="x", Bearer a=b', [
	['basic', {realm: 'r'}],
]);
