import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import type {HelperAnswer} from '../../planner/images/credential-helper.ts';
import {dockerCredentials} from '../../planner/images/credentials.ts';

const secret = 'hunter2-secret';

/** A credential helper that logs in only `helped.example.com`; its name decides how it behaves. */
const helperScript = `#!/bin/sh
read -r host || true
case "$0:$host" in
	*-token:*) echo '{"Username":"<token>","Secret":"${secret}"}' ;;
	*-slow:*) exec sleep 60 ;;
	*-bad:*) echo '${secret}' ;;
	*-broken:*) echo '${secret}'; exit 1 ;;
	*-none:*) echo 'credentials not found in native keychain'; exit 1 ;;
	*:https://index.docker.io/v1/) echo '{"Username":"hub","Secret":"${secret}"}' ;;
	*:helped.example.com) echo '{"Username":"ann","Secret":"${secret}"}' ;;
	*) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

let dir: string;

test.before(async () => {
	dir = await mkdtemp(path.join(tmpdir(), 'cachecast-credentials-'));
	for (const name of ['store', 'token', 'slow', 'bad', 'broken', 'none']) {
		const file = path.join(dir, `docker-credential-${name}`);
		await writeFile(file, helperScript);
		await chmod(file, 0o755);
	}
});

test.after.always(() => rm(dir, {recursive: true, force: true}));

let homes = 0;

/** Looks a registry up in a home folder of its own with the given config.json. */
async function find(
	domain: string,
	config: unknown,
	env: Readonly<Record<string, string>> = {},
): Promise<HelperAnswer> {
	const homeDir = path.join(dir, `home-${homes++}`);
	await mkdir(path.join(homeDir, '.docker'), {recursive: true});
	await writeFile(
		path.join(homeDir, '.docker', 'config.json'),
		typeof config === 'string' ? config : JSON.stringify(config),
	);
	const {PATH = ''} = process.env;
	const place = {env: {PATH: `${dir}${path.delimiter}${PATH}`, ...env}, homeDir};
	return dockerCredentials(place, 2000).find(domain);
}

function auth(username: string, password = secret): {readonly auth: string} {
	return {auth: Buffer.from(`${username}:${password}`).toString('base64')};
}

function login(username: string, password = secret): HelperAnswer {
	return {kind: 'login', login: {kind: 'password', username, password}};
}

const finds = test.macro(async (t, domain: string, config: unknown, expected: HelperAnswer) => {
	t.deepEqual(await find(domain, config), expected);
});

test('auths by host', finds, 'r.io:5000', {auths: {'r.io:5000': auth('ann'), 'r.io': auth('bob')}}, login('ann'));
test(
	'an exact entry wins over an old one',
	finds,
	'r.io',
	{auths: {'https://r.io/v1/': auth('old'), 'r.io': auth('ann')}},
	login('ann'),
);
test('a password may hold colons', finds, 'r.io', {auths: {'r.io': auth('ann', 'a:b')}}, login('ann', 'a:b'));
test('an old entry is a URL', finds, 'r.io', {auths: {'https://r.io/v1/': auth('ann')}}, login('ann'));
test('Docker Hub', finds, 'docker.io', {auths: {'https://index.docker.io/v1/': auth('hub')}}, login('hub'));
test('Docker Hub by its name', finds, 'docker.io', {auths: {'docker.io': auth('hub')}}, login('hub'));
test(
	'another registry',
	finds,
	'r.io',
	{auths: {'r.io.example.com': auth('ann'), 'x/r.io': auth('bob')}},
	{kind: 'none'},
);
test(
	'an identity token',
	finds,
	'r.io',
	{auths: {'r.io': {...auth('ann'), identitytoken: 'abc'}}},
	{
		kind: 'login',
		login: {kind: 'identity-token', token: 'abc'},
	},
);
test(
	'a registry token',
	finds,
	'r.io',
	{auths: {'r.io': {registrytoken: 'abc'}}},
	{
		kind: 'login',
		login: {kind: 'registry-token', token: 'abc'},
	},
);
test('an entry that is empty, as beside a store', finds, 'r.io', {auths: {'r.io': {}}}, {kind: 'none'});
test('values of the wrong type', finds, 'r.io', {auths: {'r.io': {auth: 1}}, credHelpers: {'r.io': 2}}, {kind: 'none'});

const onPosix = process.platform === 'win32' ? test.skip : test;
onPosix('the common store', finds, 'helped.example.com', {credsStore: 'store'}, login('ann'));
onPosix('the common store knows Docker Hub', finds, 'docker.io', {credsStore: 'store'}, login('hub'));
onPosix('a store without the login', finds, 'r.io', {credsStore: 'store', auths: {'r.io': auth('x')}}, {kind: 'none'});
onPosix(
	"a registry's own helper before the store",
	finds,
	'r.io',
	{credsStore: 'none', credHelpers: {'r.io': 'token'}},
	{kind: 'login', login: {kind: 'identity-token', token: secret}},
);

onPosix('a helper that does not work: the reason names it and holds nothing it printed', async t => {
	const expected: readonly (readonly [string, RegExp])[] = [
		['slow', /^"docker-credential-slow" did not answer within 2 s; /],
		['bad', /^"docker-credential-bad" did not answer with JSON; /],
		['broken', /^"docker-credential-broken" failed; /],
		['absent', /^"docker-credential-absent" cannot be started; /],
		['../evil', /^the name of the credential helper in config\.json is invalid; /],
	];
	for (const [helper, reason] of expected) {
		const answer = await find('r.io', {credsStore: helper});
		t.is(answer.kind, 'failed');
		t.true(answer.kind === 'failed' && reason.test(answer.reason), JSON.stringify(answer));
		t.false(JSON.stringify(answer).includes(secret));
	}
});

test('DOCKER_AUTH_CONFIG comes first; nonsense in it counts as nothing', async t => {
	const config = {auths: {'r.io': auth('file')}};
	const fromEnv = JSON.stringify({auths: {'r.io': auth('env')}});
	t.deepEqual(await find('r.io', config, {DOCKER_AUTH_CONFIG: fromEnv}), login('env'));
	t.deepEqual(await find('r.io', config, {DOCKER_AUTH_CONFIG: '{"auths":'}), login('file'));
	t.deepEqual(await find('other.io', config, {DOCKER_AUTH_CONFIG: fromEnv}), {kind: 'none'});
});

test('DOCKER_CONFIG names another folder; a missing one has no logins', async t => {
	await writeFile(path.join(dir, 'config.json'), JSON.stringify({auths: {'r.io': auth('other')}}));
	t.deepEqual(await find('r.io', {}, {DOCKER_CONFIG: dir}), login('other'));
	t.deepEqual(await find('r.io', {auths: {'r.io': auth('ann')}}, {DOCKER_CONFIG: path.join(dir, 'absent')}), {
		kind: 'none',
	});
});

test('a broken config.json is told, without its text', async t => {
	const answer = await find('r.io', `{"auths": {"r.io": {"auth": "${secret}"}`);
	t.true(answer.kind === 'failed' && /config\.json" is not valid JSON; /.test(answer.reason));
	t.false(JSON.stringify(answer).includes(secret));
});
