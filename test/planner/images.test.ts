import test from 'ava';
import {
	type BaseImage,
	familiarReference,
	formatReference,
	type Platform,
	parseReference,
	withDefaultTag,
} from '../../analyzer/index.ts';
import {resolveBaseImage} from '../../planner/images/base-image.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {pickPlatform} from '../../planner/images/platform-match.ts';
import {createRegistryClient} from '../../planner/images/registry-client.ts';
import {type PushedBlob, pushBlob, pushManifest, type Repository, types} from '../helpers/push.ts';
import {startRegistry, type TestRegistry} from '../helpers/registry.ts';

const hex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const spellings = test.macro({
	exec(t, input: string, full: string, familiar: string) {
		const result = parseReference(input);
		t.is(result.kind, 'reference');
		if (result.kind === 'reference') {
			t.is(formatReference(withDefaultTag(result.reference)), full);
			t.is(familiarReference(result.reference), familiar);
		}
	},
	title: (_, input: string) => `reference: ${input}`,
});

test(spellings, 'debian', 'docker.io/library/debian:latest', 'debian');
test(spellings, 'index.docker.io/debian:12', 'docker.io/library/debian:12', 'debian:12');
test(spellings, 'docker.io/org/app', 'docker.io/org/app:latest', 'org/app');
test(spellings, 'localhost/app', 'localhost/app:latest', 'localhost/app');
test(spellings, '[::1]:5000/a/b:c', '[::1]:5000/a/b:c', '[::1]:5000/a/b:c');
test(spellings, `ghcr.io/a/b:c@sha256:${hex}`, `ghcr.io/a/b:c@sha256:${hex}`, `ghcr.io/a/b:c@sha256:${hex}`);
test(spellings, `a@sha256:${hex}`, `docker.io/library/a@sha256:${hex}`, `a@sha256:${hex}`);

const rejected = test.macro({
	exec(t, input: string, message: string) {
		t.deepEqual(parseReference(input), {kind: 'invalid', message});
	},
	title: (_, input: string) => `no reference: ${input.slice(0, 40)}`,
});

test(rejected, 'Debian', 'invalid image reference "Debian": repository name must be lowercase');
test(rejected, 'a:', 'invalid reference format "a:": the tag is empty');
test(rejected, 'a:b:c', 'invalid reference format "a:b:c": "b:c" cannot be a tag');
test(rejected, 'a b', 'invalid reference format "a b": "a b" cannot be part of a name');
test(
	rejected,
	'my_host.io/a',
	'invalid reference format "my_host.io/a": "my_host.io" cannot be the host of a registry',
);
test(
	rejected,
	'https://example.com/a',
	'invalid reference format "https://example.com/a": "https:" cannot be the host of a registry',
);
test(
	rejected,
	`a@sha256:${hex.toUpperCase()}`,
	`invalid image reference "a@sha256:${hex.toUpperCase()}": invalid checksum digest format; write it in lower case`,
);

test('a hostile reference is refused without delay', t => {
	for (const part of ['a-', 'a_', 'a.', '-', 'a:', '[', '@sha256:f']) {
		const text = `${part.repeat(50_000)}!`;
		t.is(parseReference(`x.io/${text}`).kind, 'invalid');
		t.is(parseReference(`${text}/x`).kind, 'invalid');
	}
});

const picks = test.macro({
	exec(t, wanted: string, offered: readonly string[], expected: string | undefined) {
		const candidates = offered.map(text => ({text, platform: platformOf(text)}));
		t.is(pickPlatform(candidates, platformOf(wanted))?.text, expected);
	},
	title: (_, wanted: string, offered: readonly string[]) => `platform ${wanted} out of ${offered.join(', ')}`,
});

test(picks, 'linux/amd64', ['linux/arm64', 'linux/amd64/v3', 'linux/amd64'], 'linux/amd64');
test(picks, 'linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2'], 'linux/amd64/v2');
test(picks, 'linux/amd64', ['linux/386'], 'linux/386');
test(picks, 'linux/amd64', ['unknown/unknown', 'windows/amd64'], undefined);
test(picks, 'linux/arm64', ['linux/arm/v7', 'linux/arm64/v8'], 'linux/arm64/v8');
test(picks, 'linux/aarch64', ['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7');
test(picks, 'linux/arm64/v8.2', ['linux/arm64', 'linux/arm64/v8.3', 'linux/arm64/v8.1'], 'linux/arm64/v8.1');
test(picks, 'linux/arm64/v9', ['linux/arm64/v8.6', 'linux/arm64/v8.5', 'linux/arm64'], 'linux/arm64/v8.5');
test(picks, 'linux/arm64/v8.10', ['linux/arm64'], undefined);
test(picks, 'linux/arm', ['linux/arm/v6', 'linux/arm/v8', 'linux/arm/v7'], 'linux/arm/v7');
test(picks, 'linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'], 'linux/arm/v5');
test(
	picks,
	'windows/amd64',
	['windows/amd64 10.0.17763.1', 'windows/amd64 10.0.20348.1'],
	'windows/amd64 10.0.17763.1',
);
test(
	picks,
	'windows/amd64 10.0.20348.9',
	['windows/amd64 10.0.17763.1', 'windows/amd64 10.0.20348.1'],
	'windows/amd64 10.0.20348.1',
);
test(picks, 'windows/amd64 10.0.17763.5', ['windows/amd64 10.0.20348.1'], undefined);
test(
	picks,
	'windows/amd64 10.0.26100.1',
	['windows/amd64 10.0.17763.1', 'windows/amd64 10.0.20348.1'],
	'windows/amd64 10.0.20348.1',
);

test('among equals the one with more OS features that the platform has', t => {
	const plain = {platform: {os: 'linux', architecture: 'amd64'}};
	const one = {platform: {os: 'linux', architecture: 'amd64', osFeatures: ['sse4']}};
	const other = {platform: {os: 'linux', architecture: 'amd64', osFeatures: ['avx512']}};
	t.is(pickPlatform([plain, other, one], {os: 'linux', architecture: 'amd64', osFeatures: ['aes', 'sse4']}), one);
	t.is(pickPlatform([one, plain], {os: 'linux', architecture: 'amd64'}), plain);
});

let registry: TestRegistry;
const client = createRegistryClient({credentials: anonymous});

test.before(async () => {
	registry = await startRegistry();
});

test.after.always(() => registry.stop());

test('an OCI image: digest, layers, platform and config', async t => {
	const repository = {host: registry.host, path: 'oci'};
	const config = await pushBlob(repository, types.ociConfig, {
		os: 'linux',
		architecture: 'arm',
		variant: 'v7',
		rootfs: {type: 'layers', diff_ids: [`sha256:${hex}`]},
		config: {
			Env: ['PATH=/bin', 'A=b=c'],
			WorkingDir: '/srv',
			User: 'app',
			Shell: ['/bin/ash', '-c'],
			OnBuild: ['RUN x'],
		},
	});
	const layer = await pushBlob(repository, types.ociLayer, 'layer');
	const {digest} = await pushManifest(repository, types.ociManifest, {config, layers: [layer]}, 'one');
	const expected: BaseImage = {
		digest,
		diffIds: [`sha256:${hex}`],
		layers: [{digest: layer.digest, size: 5}],
		platform: {os: 'linux', architecture: 'arm', variant: 'v7'},
		config: {
			env: ['PATH=/bin', 'A=b=c'],
			workingDir: '/srv',
			user: 'app',
			shell: ['/bin/ash', '-c'],
			onBuild: ['RUN x'],
		},
	};
	const resolved = {kind: 'resolved', image: expected, origin: 'registry'};
	// A single manifest is taken whatever its platform.
	const amd64 = platformOf('linux/amd64');
	t.deepEqual(await resolveBaseImage(client, `${registry.host}/oci:one`, amd64), resolved);
	t.deepEqual(await resolveBaseImage(client, `${registry.host}/oci:none@${digest}`, amd64), resolved);
});

test('a Docker schema 2 list: the digest is the index, the rest is of the platform; attestations are passed over', async t => {
	const repository = {host: registry.host, path: 'docker'};
	const attestation = await pushImage(repository, {os: 'unknown', architecture: 'unknown'}, types.ociManifest);
	const amd64 = await pushImage(repository, {os: 'linux', architecture: 'amd64'}, types.dockerManifest);
	const windows = await pushImage(
		repository,
		{os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.1', 'os.features': ['win32k']},
		types.dockerManifest,
	);
	const manifests = [attestation, amd64, windows];
	const {digest} = await pushManifest(repository, types.dockerList, {manifests}, 'latest');

	const text = `${registry.host}/docker`;
	const linux = await resolveBaseImage(client, text, platformOf('linux/amd64'));
	t.like(linux, {kind: 'resolved', image: {digest, platform: {os: 'linux', architecture: 'amd64'}}});
	t.like(await resolveBaseImage(client, text, platformOf('windows/amd64')), {
		image: {
			digest,
			platform: {os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1', osFeatures: ['win32k']},
		},
	});
	t.like(await resolveBaseImage(client, `${text}@${amd64.digest}`, platformOf('windows/amd64')), {
		image: {digest: amd64.digest, platform: {os: 'linux'}},
	});
	t.deepEqual(await resolveBaseImage(client, text, platformOf('linux/s390x')), {
		kind: 'unresolved',
		reason: `"${text}:latest" has no image for "linux/s390x"; choose another platform or another image`,
	});
});

test('index entries without a platform: the config decides; an index may hold an index', async t => {
	const repository = {host: registry.host, path: 'nested'};
	const {platform: _, ...bare} = await pushImage(repository, {os: 'linux', architecture: 'riscv64'}, types.ociManifest);
	const inner = await pushManifest(repository, types.ociIndex, {manifests: [bare]});
	const {digest} = await pushManifest(repository, types.ociIndex, {manifests: [inner]}, 'latest');
	const text = `${registry.host}/nested`;
	t.like(await resolveBaseImage(client, text, platformOf('linux/riscv64')), {kind: 'resolved', image: {digest}});
	t.like(await resolveBaseImage(client, text, platformOf('linux/amd64')), {kind: 'unresolved'});
});

test('what cannot be resolved says why and what to do', async t => {
	const repository = {host: registry.host, path: 'odd'};
	const amd64 = platformOf('linux/amd64');
	const reason = async (text: string): Promise<string> => {
		const result = await resolveBaseImage(client, text, amd64);
		return result.kind === 'unresolved' ? result.reason : 'resolved';
	};

	const odd = await pushBlob(repository, types.ociConfig, {rootfs: {diff_ids: ['md5:1']}});
	await pushManifest(repository, types.ociManifest, {config: odd, layers: []}, 'config');
	t.is(
		await reason(`${registry.host}/odd:none`),
		`registry "${registry.host}" does not have "${registry.host}/odd:none"; check the name and the tag`,
	);
	t.is(
		await reason(`${registry.host}/odd:config`),
		`the config of "${registry.host}/odd:config" is malformed; push the image again`,
	);
	const cache = await pushBlob(repository, types.cacheConfig, {});
	const isCache = (tag: string): string =>
		`"${registry.host}/odd:${tag}" is a build cache, not an image; name the image, or use it with --cache-from`;
	await pushManifest(repository, types.ociManifest, {config: cache, layers: []}, 'cache');
	await pushManifest(repository, types.ociIndex, {manifests: [cache]}, 'old-cache');
	t.is(await reason(`${registry.host}/odd:cache`), isCache('cache'));
	t.is(await reason(`${registry.host}/odd:old-cache`), isCache('old-cache'));
	t.is(await reason('A'), 'invalid image reference "A": repository name must be lowercase');
});

function platformOf(text: string): Platform {
	const [name = '', osVersion] = text.split(' ');
	const [os = '', architecture = '', variant] = name.split('/');
	return {
		os,
		architecture,
		...(variant === undefined ? {} : {variant}),
		...(osVersion === undefined ? {} : {osVersion}),
	};
}

async function pushImage(
	repository: Repository,
	platform: Readonly<Record<string, unknown>>,
	mediaType: string,
): Promise<PushedBlob> {
	const isDocker = mediaType === types.dockerManifest;
	const config = await pushBlob(repository, isDocker ? types.dockerConfig : types.ociConfig, {
		...platform,
		rootfs: {type: 'layers', diff_ids: []},
		config: {},
	});
	const manifest = await pushManifest(repository, mediaType, {config, layers: []});
	return {...manifest, platform};
}
