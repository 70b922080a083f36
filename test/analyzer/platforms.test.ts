import test from 'ava';
import {
	cacheMapOf,
	defaultExecOptions,
	formatPlatform,
	imageKey,
	lowerStages,
	newestDialect,
	normalizePlatform,
	type Platform,
	parseDockerfile,
	parsePlatform,
	requiredImages,
	resolveStages,
	sha256,
	type Vertex,
} from '../../analyzer/index.ts';
import {plainImage} from '../helpers/pipeline.ts';

const amd64: Platform = {os: 'linux', architecture: 'amd64'};

// As containerd/platforms v1.0.0-rc reads and then normalizes them (platforms.go Parse, database.go normalizeArch).
const spellings: readonly (readonly [text: string, platform: string | undefined])[] = [
	['linux/amd64', 'linux/amd64'],
	['linux/amd64/v1', 'linux/amd64'],
	['linux/amd64/v2', 'linux/amd64/v2'],
	['linux/amd64/v3', 'linux/amd64/v3'],
	['linux/x86_64', 'linux/amd64'],
	['linux/x86-64/v1', 'linux/amd64'],
	['linux/x86_64/v2', 'linux/amd64/v2'],
	['linux/arm64', 'linux/arm64'],
	['linux/arm64/v8', 'linux/arm64'],
	['linux/arm64/8', 'linux/arm64'],
	['linux/arm64/v8.0', 'linux/arm64'],
	['linux/arm64/v8.2', 'linux/arm64/v8.2'],
	['linux/arm64/9', 'linux/arm64/v9'],
	['linux/arm64/v9.0', 'linux/arm64/v9'],
	['linux/aarch64', 'linux/arm64'],
	['linux/aarch64/v8', 'linux/arm64'],
	['linux/arm', 'linux/arm/v7'],
	['linux/arm/v7', 'linux/arm/v7'],
	['linux/arm/7', 'linux/arm/v7'],
	['linux/arm/v6', 'linux/arm/v6'],
	['linux/arm/6', 'linux/arm/v6'],
	['linux/arm/5', 'linux/arm/v5'],
	['linux/arm/4', 'linux/arm/4'],
	['linux/armhf', 'linux/arm/v7'],
	['linux/armhf/v6', 'linux/arm/v7'],
	['linux/armel', 'linux/arm/v6'],
	['linux/armel/v7', 'linux/arm/v6'],
	['linux/386', 'linux/386'],
	['linux/i386', 'linux/386'],
	['linux/i386/v1', 'linux/386'],
	['linux/ppc64le', 'linux/ppc64le'],
	['linux/riscv64', 'linux/riscv64'],
	['linux/s390x', 'linux/s390x'],
	['linux/mips64le/softfloat', 'linux/mips64le/softfloat'],
	['LINUX/AMD64/V2', 'linux/amd64/v2'],
	['macos/arm64', 'darwin/arm64'],
	['macos', 'darwin/amd64'],
	['arm64', 'linux/arm64'],
	['arm', 'linux/arm/v7'],
	['armel', 'linux/arm/v6'],
	['sparc64', 'linux/sparc64'],
	['windows', 'windows/amd64'],
	['linux', 'linux/amd64'],
	['i386', 'linux/386'],
	['wasip1', undefined],
	['', undefined],
	['pc', undefined],
	['linux/__proto__/constructor', 'linux/__proto__/constructor'],
	['linux/', undefined],
	['a/b/c/d', undefined],
];

const formatted = (platform: Platform | undefined) => (platform === undefined ? undefined : formatPlatform(platform));

test('platforms as they are written', t => {
	for (const [text, expected] of spellings) {
		t.is(formatted(parsePlatform(text, amd64)), expected, text);
	}
});

test('an operating system alone is completed with the own architecture, and with its variant only for arm', t => {
	const own = (architecture: string, variant: string): Platform => ({os: 'linux', architecture, variant});
	t.is(formatted(parsePlatform('linux', own('arm', 'v6'))), 'linux/arm/v6');
	t.is(formatted(parsePlatform('linux', own('amd64', 'v3'))), 'linux/amd64');
	t.is(formatted(parsePlatform('arm', own('amd64', 'v3'))), 'linux/arm/v7');
});

test('a platform that an image names, in capitals', t => {
	const image = {os: 'Linux', architecture: 'AARCH64', variant: 'V8', osFeatures: ['a']};
	t.deepEqual(normalizePlatform(image), {os: 'linux', architecture: 'arm64', osFeatures: ['a']});
});

interface Keys {
	/** The end of what RUN's key is made of. */
	readonly run: string;
	/** The first key of the base image. */
	readonly image: string;
	readonly env: readonly string[];
}

const declared = ['BUILDPLATFORM', 'BUILDVARIANT', 'TARGETPLATFORM', 'TARGETOS', 'TARGETARCH', 'TARGETVARIANT'];

function keysFor(from: string, platform: string | undefined): Keys {
	const text = `FROM ${from}\n${declared.map(name => `ARG ${name}\n`).join('')}RUN true\n`;
	const parsed = parseDockerfile({path: 'Dockerfile', text});
	const target = platform === undefined ? undefined : parsePlatform(platform, amd64);
	const options = {buildArgs: new Map(), buildPlatform: amd64, ...(target !== undefined && {platform: target})};
	const resolved =
		parsed.kind === 'parsed' ? resolveStages(parsed.dockerfile, options, newestDialect) : {kind: 'failed' as const};
	if (resolved.kind === 'failed') {
		throw new Error('the Dockerfile is refused');
	}

	const {graph} = resolved;
	const images = new Map(
		requiredImages(graph).map(request => [
			imageKey(request.reference, request.platform),
			{kind: 'resolved', image: plainImage} as const,
		]),
	);
	const lowered = lowerStages({
		graph,
		images,
		buildArgs: options.buildArgs,
		execOptions: defaultExecOptions,
		dialect: newestDialect,
	});
	const run = lowered.kind === 'lowered' ? lowered.stages[0]?.steps.at(-1)?.vertex : undefined;
	const [base] = run?.kind === 'exec' ? run.mounts.map(mount => mount.input) : [];
	const preimageOf = (vertex: Vertex | undefined): string => {
		const result = vertex === undefined ? undefined : cacheMapOf(vertex, newestDialect);
		return result?.kind === 'known' ? (result.map.preimages[0] ?? '') : '';
	};
	return {
		run: preimageOf(run).replace(/^.*,"OS":/, '"OS":'),
		image: preimageOf(base),
		env: run?.kind === 'exec' ? run.env.filter(one => /^(?:BUILD|TARGET)/.test(one)) : [],
	};
}

// Only the image's key and RUN's hold the platform, normalized (BuildKit llbsolver/vertex.go NormalizeRuntimePlatforms,
// containerimage/pull.go mainManifestKey, ops/exec.go CacheMap).
const keyed: readonly (readonly [from: string, platform: string | undefined, fields: string, target: string])[] = [
	['base', undefined, '"OS":"linux","Arch":"amd64"', 'linux/amd64'],
	['base', 'linux/amd64/v1', '"OS":"linux","Arch":"amd64"', 'linux/amd64'],
	['base', 'linux/amd64/v2', '"OS":"linux","Arch":"amd64","Variant":"v2"', 'linux/amd64/v2'],
	['base', 'linux/amd64/v3', '"OS":"linux","Arch":"amd64","Variant":"v3"', 'linux/amd64/v3'],
	['base', 'linux/arm64/v8', '"OS":"linux","Arch":"arm64"', 'linux/arm64'],
	['base', 'linux/arm64', '"OS":"linux","Arch":"arm64"', 'linux/arm64'],
	['base', 'linux/arm', '"OS":"linux","Arch":"arm","Variant":"v7"', 'linux/arm/v7'],
	['base', 'linux/arm/v6', '"OS":"linux","Arch":"arm","Variant":"v6"', 'linux/arm/v6'],
	['base', 'linux/386', '"OS":"linux","Arch":"386"', 'linux/386'],
	// The arguments are of the target, the keys of the stage.
	['--platform=linux/arm base', 'linux/arm64', '"OS":"linux","Arch":"arm","Variant":"v7"', 'linux/arm64'],
	['--platform=$BUILDPLATFORM base', 'linux/arm/v7', '"OS":"linux","Arch":"amd64"', 'linux/arm/v7'],
	['--platform=$TARGETPLATFORM base', 'linux/amd64/v2', '"OS":"linux","Arch":"amd64","Variant":"v2"', 'linux/amd64/v2'],
	['--platform=linux/$TARGETARCH base', 'linux/arm/v6', '"OS":"linux","Arch":"arm","Variant":"v7"', 'linux/arm/v6'],
	// Completed with what the builder is, not with the target.
	['--platform=linux base', 'linux/arm64', '"OS":"linux","Arch":"amd64"', 'linux/arm64'],
];

for (const [from, platform, fields, target] of keyed) {
	test(`keys of FROM ${from}${platform === undefined ? '' : ` for ${platform}`}`, t => {
		const {run, image, env} = keysFor(from, platform);
		t.is(run, `${fields}}`);
		t.is(image, `buildkit.source.v0:${sha256(`{"Digest":"${plainImage.digest}",${fields}}`)}`);
		const [os, architecture, variant = ''] = target.split('/');
		t.deepEqual(env, [
			'BUILDPLATFORM=linux/amd64',
			'BUILDVARIANT=',
			`TARGETPLATFORM=${target}`,
			`TARGETOS=${os}`,
			`TARGETARCH=${architecture}`,
			`TARGETVARIANT=${variant}`,
		]);
	});
}

test('a stage of scratch is of the target platform, whatever it says', t => {
	const {run} = keysFor('--platform=linux/arm64 scratch', 'linux/arm/v6');
	t.is(run, '"OS":"linux","Arch":"arm","Variant":"v6"}');
});
