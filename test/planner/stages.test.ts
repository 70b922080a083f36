import test from 'ava';
import fc from 'fast-check';
import type {Platform} from '../../analyzer/index.ts';
import {bestCache} from '../../planner/best-cache.ts';
import {parseCacheConfig} from '../../planner/caches/cache-config.ts';
import {formatCacheSpec, parseCacheFlag} from '../../planner/caches/cache-flag.ts';
import type {CacheReading} from '../../planner/caches/cache-source.ts';
import {forecastSteps} from '../../planner/forecast.ts';
import {parseManifest} from '../../planner/images/manifest.ts';
import type {Leaf} from '../../planner/leaf-caches.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {cachePlaces} from '../../planner/stages/cache-places.ts';
import {writeCache} from '../../planner/stages/joint-manifest.ts';
import {mergeCaches} from '../../planner/stages/merge-caches.ts';
import {jointTag, type NamedStage, placeTag} from '../../planner/stages/place-tag.ts';
import {analyse, type Built, exportCache, type Holding} from '../helpers/exported-cache.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const arm64: Platform = {os: 'linux', architecture: 'arm64'};
const arm: Platform = {os: 'linux', architecture: 'arm', variant: 'v7'};

const names = test.macro({
	exec(t, stage: NamedStage | undefined, platform: Platform | undefined, tag: string) {
		t.is(placeTag('cache', stage, platform), tag);
	},
	title: (_, _stage, _platform, tag) => `tag: ${tag}`,
});

test(names, undefined, undefined, 'cache');
test(names, undefined, arm64, 'cache-ON-linux-arm64');
test(names, {index: 0, name: 'build'}, undefined, 'cache-build');
test(names, {index: 0, name: 'build'}, arm, 'cache-build-ON-linux-arm-v7');
test(names, {index: 1}, undefined, 'cache-stage-1');
test(names, {index: 0, name: 'stage-1'}, undefined, 'cache-AS-stage-1');

const anyStage = fc.oneof(
	fc.constant(undefined),
	fc.nat(20).map((index): NamedStage => ({index})),
	fc.stringMatching(/^[a-z][a-z0-9._-]{0,160}$/).map((name): NamedStage => ({index: 0, name})),
	fc.constantFrom('stage-1', 'on-linux-arm64', 'all', 'as-stage-1').map((name): NamedStage => ({index: 0, name})),
);
const anyPlatform = fc.constantFrom(undefined, arm64, arm, {os: 'linux', architecture: 'amd64'});

test('no two stages or platforms have one tag, and every tag is one', t => {
	const identity = (stage: NamedStage | undefined, platform: Platform | undefined) =>
		JSON.stringify([stage?.name ?? stage?.index, platform]);
	fc.assert(
		fc.property(anyStage, anyPlatform, anyStage, anyPlatform, (stage, platform, other, otherPlatform) => {
			const tag = placeTag('cache', stage, platform);
			t.regex(tag, /^\w[\w.-]{0,127}$/);
			t.not(tag, jointTag('cache', otherPlatform));
			const isSame = identity(stage, platform) === identity(other, otherPlatform);
			t.is(tag === placeTag('cache', other, otherPlatform), isSame);
		}),
	);
});

const deps: Leaf = {index: 0, name: 'deps', label: 'deps', isDefault: false};
const check: Leaf = {index: 1, name: 'check', label: 'check', isDefault: false};
const last: Leaf = {index: 2, label: 'stage-2', isDefault: true};

const places = test.macro({
	exec(t, flag: string, platform: Platform | undefined, expected: readonly string[]) {
		const parsed = parseCacheFlag(flag, 'from');
		const built = {stages: [deps, check, last], leaves: [check, last], ...(platform !== undefined && {platform})};
		const found = parsed.kind === 'spec' ? cachePlaces(parsed.spec, built) : [];
		t.deepEqual(
			found.map(spec => formatCacheSpec(spec, 'from')),
			expected,
		);
	},
	title: (_, flag: string, platform: Platform | undefined) =>
		`looks for ${flag} on ${platform?.architecture ?? 'the default'}`,
});

test(places, 'r.io/app:cache', undefined, [
	'type=registry,ref=r.io/app:cache',
	'type=registry,ref=r.io/app:cache-check',
]);
test(places, 'r.io:5000/app', arm64, [
	'type=registry,ref=r.io:5000/app:latest-ON-linux-arm64',
	'type=registry,ref=r.io:5000/app',
	'type=registry,ref=r.io:5000/app:latest-check-ON-linux-arm64',
]);
test(places, 'type=local,src=dir', arm64, [
	'type=local,src=dir,tag=latest-ON-linux-arm64',
	'type=local,src=dir',
	'type=local,src=dir,tag=latest-check-ON-linux-arm64',
]);
test(places, 'type=stages,ref=r.io:5000/app,registry.insecure=true', undefined, [
	'type=registry,ref=r.io:5000/app:stages-ALL,registry.insecure=true',
	'type=registry,ref=r.io:5000/app:stages-deps,registry.insecure=true',
	'type=registry,ref=r.io:5000/app:stages-check,registry.insecure=true',
	'type=registry,ref=r.io:5000/app:stages-stage-2,registry.insecure=true',
]);
test(places, 'type=stages,ref=app:ci', arm64, [
	'type=registry,ref=app:ci-ALL-ON-linux-arm64',
	'type=registry,ref=app:ci-deps-ON-linux-arm64',
	'type=registry,ref=app:ci-check-ON-linux-arm64',
	'type=registry,ref=app:ci-stage-2-ON-linux-arm64',
]);

const dockerfile = [
	'FROM base AS deps',
	'RUN deps',
	'FROM base',
	'RUN first',
	'COPY a.txt /',
	'COPY --from=deps /d /',
	'RUN last',
	'',
].join('\n');

/** The inline caches of both stages' images: records of all that their solve saw, layers of their own steps. */
const ofDeps: Holding = {without: ['RUN first', 'COPY a.txt /', 'COPY --from=deps /d /', 'RUN last']};
const ofLast: Holding = {keyOnly: ['RUN deps']};

const indexOf = (built: Built, holding: Holding) => exportCache(built, holding);

function outcomes(now: Built, caches: readonly ReturnType<typeof exportCache>[]): readonly string[] {
	return forecastSteps({
		steps: now.steps,
		outputs: [now.output],
		caches: caches.map(config => indexRecords(config)),
		unread: [],
		keys: now.keys,
		noCache: new Set(),
	})
		.filter(({outcome}) => outcome !== 'none')
		.map(({outcome}) => outcome);
}

test('joined, images of stages have all hits; side by side, what one knows without layers is unknown', t => {
	const before = analyse(dockerfile, temporaryTree(t, {'a.txt': 'a\n'}));
	const now = analyse(dockerfile, temporaryTree(t, {'a.txt': 'b\n'}));
	const caches = [indexOf(before, ofDeps), indexOf(before, ofLast)];
	const joined = mergeCaches(caches);
	t.is(joined.records.length, indexOf(before, ofLast).records.length);
	t.deepEqual(outcomes(before, [joined]), ['hit', 'hit', 'hit', 'hit', 'hit']);
	t.deepEqual(outcomes(now, [joined]), ['hit', 'hit', 'miss', 'miss', 'miss']);
	t.is(outcomes(now, caches)[0], 'unknown');
});

test('a merged cache is what BuildKit reads: a config with layers, under both kinds of manifest', t => {
	const blob = (letter: string) => `sha256:${letter.repeat(64)}` as const;
	const layer = (letter: string, parent: number) => ({
		blob: blob(letter),
		parent,
		size: 1,
		mediaType: 'tar',
		diffId: blob('f'),
		createdAt: '2026-01-02T03:04:05.678901234Z',
	});
	const record = (digest: string, link: readonly number[], chain: readonly number[]) => ({
		digest,
		inputs: link.length === 0 ? [] : [link.map(one => ({link: one}))],
		results: chain.length === 0 ? [] : [{chain, createdAt: '2026-01-01T00:00:00Z'}],
	});
	const one = {layers: [layer('a', -1), layer('b', 0)], records: [record('root', [], []), record('x', [0], [0, 1])]};
	const other = {
		layers: [layer('a', -1), layer('c', 0)],
		records: [record('y', [1], [0, 1]), record('x', [2], []), record('root', [], [])],
	};
	const merged = mergeCaches([one, other]);
	t.deepEqual(
		merged.layers.map(({blob: digest, parent}) => [digest[7], parent]),
		[
			['a', -1],
			['b', 0],
			['c', 0],
		],
	);
	const {config, index, image} = writeCache(merged, {});
	const [ofIndex, ofImage] = [parseManifest(index.bytes), parseManifest(image.bytes)];
	t.is(ofIndex.kind, 'index');
	t.is(ofImage.kind, 'image');
	const layers = ofImage.kind === 'image' ? ofImage.layers : [];
	t.deepEqual(ofIndex.kind === 'index' ? ofIndex.manifests.slice(0, -1) : [], layers);
	const read = parseCacheConfig(new TextDecoder().decode(config.bytes), new Map(layers.map(one => [one.digest, one])));
	t.deepEqual(read, {kind: 'parsed', config: merged});
	t.deepEqual(
		merged.records.map(({digest, inputs, results}) => [digest, inputs.flat()[0]?.link, results[0]?.chain]),
		[
			['root', undefined, undefined],
			['x', 0, [0, 1]],
			['y', 1, [0, 2]],
		],
	);
});

test('a time of a layer that BuildKit could not parse is left out', t => {
	for (const createdAt of ['yesterday', '', '2026-01-02', '2026-01-02T03:04:05']) {
		const layer = {blob: `sha256:${'a'.repeat(64)}`, parent: -1, size: 1, createdAt} as const;
		const {image} = writeCache({layers: [layer], records: []}, {});
		const manifest = parseManifest(image.bytes);
		t.deepEqual(manifest.kind === 'image' ? manifest.layers[0]?.annotations : undefined, {}, createdAt);
	}
});

test('of one --cache-from the cache that holds the target is used, then the one with most layers', t => {
	const built = analyse(dockerfile, temporaryTree(t, {'a.txt': 'a\n'}));
	const changed = analyse(dockerfile.replace('RUN first', 'RUN other'), temporaryTree(t, {'a.txt': 'a\n'}));
	const cache = (name: string, holding: Holding) => {
		const config = indexOf(built, holding);
		const reading: CacheReading = {kind: 'found', spec: {kind: 'registry', ref: name, attributes: {}}, config};
		return {reading, index: indexRecords(config)};
	};
	const group = [
		cache('keys', {keyOnly: ['RUN deps', 'RUN first', 'COPY a.txt /', 'COPY --from=deps /d /', 'RUN last']}),
		cache('deps', ofDeps),
		cache('last', ofLast),
	];
	const best = ({steps, output, keys}: Built) => {
		const spec = bestCache(group, steps, output, keys)?.reading.spec;
		return spec?.kind === 'registry' ? spec.ref : undefined;
	};
	t.is(best(built), 'last');
	t.is(best(changed), 'deps');
});
