import test from 'ava';
import fc from 'fast-check';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {type BlobDescription, type CacheConfig, parseCacheConfig} from '../../planner/caches/cache-config.ts';

const digest = sha256('x');

const [low, middle, high] = [sha256('low'), sha256('middle'), sha256('high')];
const blobs = new Map<Digest, BlobDescription>(
	[low, middle, high].map((blob, index) => [
		blob,
		{
			size: index + 1,
			mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
			annotations: index === 0 ? {'containerd.io/uncompressed': sha256('tar')} : {},
		},
	]),
);
const layers = [
	{blob: high, parent: 1},
	{blob: middle, parent: 2},
	{blob: low, parent: -1},
];

const parses = test.macro((t, json: unknown, expected: Partial<CacheConfig>) => {
	const result = parseCacheConfig(json, blobs);
	t.is(result.kind, 'parsed');
	t.like(result, {config: expected});
	t.deepEqual(parseCacheConfig(JSON.stringify(json), blobs), result);
});

test('nothing at all', parses, {}, {records: [], layers: []});
test(
	'chains run from the lowest layer up; layers have what the manifest says',
	parses,
	{layers, records: [{digest, layers: [{layer: 0, createdAt: '2026-01-02T03:04:05Z'}]}]},
	{
		layers: [
			{blob: high, parent: 1, size: 3, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'},
			{blob: middle, parent: 2, size: 2, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'},
			{
				blob: low,
				parent: -1,
				size: 1,
				mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
				diffId: sha256('tar'),
			},
		],
		records: [{digest, inputs: [], results: [{chain: [2, 1, 0], createdAt: '2026-01-02T03:04:05Z'}]}],
	},
);
test(
	'a parent that is left out is layer 0',
	parses,
	{layers: [{blob: low, parent: -1}, {blob: high}], records: [{digest, layers: [{layer: 1}]}]},
	{records: [{digest, inputs: [], results: [{chain: [0, 1]}]}]},
);
test(
	'written chains keep their order; a time that was never set is none',
	parses,
	{layers, records: [{digest, chains: [{layers: [0, 2], createdAt: '0001-01-01T00:00:00Z'}, {layers: []}]}]},
	{records: [{digest, inputs: [], results: [{chain: [0, 2]}, {chain: []}]}]},
);
test(
	'a result whose blob is not in the manifest is left out, its record stays',
	parses,
	{
		layers: [
			{blob: sha256('gone'), parent: -1},
			{blob: low, parent: 0},
		],
		records: [{digest, layers: [{layer: 0}, {layer: 1}], chains: [{layers: [0]}]}],
	},
	{records: [{digest, inputs: [], results: []}]},
);
test(
	'links with and without a selector, in either direction',
	parses,
	{
		records: [
			{digest, inputs: [[{link: 1, selector: digest}, {link: 2}]]},
			{digest: low},
			{digest: high, inputs: [[{link: 1}], [{link: 1}]]},
		],
	},
	{
		records: [
			{digest, inputs: [[{link: 1, selector: digest}, {link: 2}]], results: []},
			{digest: low, inputs: [], results: []},
			{digest: high, inputs: [[{link: 1}], [{link: 1}]], results: []},
		],
	},
);

// BuildKit 0.13 writes such a name for a local cache key of an image; the records that point at it are good.
test(
	'a record under a random name instead of a digest',
	parses,
	{records: [{digest: 'z74blb3jkxlxlrp2g8324h2vo'}, {digest, inputs: [[{link: 0}]]}]},
	{
		records: [
			{digest: 'z74blb3jkxlxlrp2g8324h2vo', inputs: [], results: []},
			{digest, inputs: [[{link: 0}]], results: []},
		],
	},
);

const corrupt = test.macro((t, json: unknown, message: string) => {
	t.deepEqual(parseCacheConfig(json, blobs), {kind: 'corrupt', message});
});

test('no JSON', corrupt, '{', 'it is not a JSON object with lists of layers and records');
test('records that are no list', corrupt, {records: {}}, 'it is not a JSON object with lists of layers and records');
test('a layer without a digest', corrupt, {layers: [{blob: 'sha256:1'}]}, 'layer 0: it is malformed');
test('a digest that is no text', corrupt, {records: [{digest: 5}]}, 'record 0: it is malformed');
test('a record that is no object', corrupt, {records: [[]]}, 'record 0: it is malformed');
test('an input without links', corrupt, {records: [{digest, inputs: [[]]}]}, 'record 0: input 0: it has no links');
test(
	'a link out of range',
	corrupt,
	{records: [{digest, inputs: [[{link: 1}]]}]},
	'record 0: input 0: link 0: there is no record 1',
);
test(
	'a negative link',
	corrupt,
	{records: [{digest, inputs: [[{link: -1}]]}]},
	'record 0: input 0: link 0: there is no record -1',
);
test(
	'a record that is its own input',
	corrupt,
	{records: [{digest, inputs: [[{link: 0}]]}]},
	'record 0 is its own input',
);
test(
	'records in a ring',
	corrupt,
	{records: [{digest}, {digest, inputs: [[{link: 0}, {link: 2}]]}, {digest, inputs: [[{link: 1}]]}]},
	'record 1 is its own input',
);
test(
	'a layer out of range',
	corrupt,
	{layers, records: [{digest, layers: [{layer: 3}]}]},
	'record 0: there is no layer 3',
);
test(
	'no layer below 0',
	corrupt,
	{layers, records: [{digest, layers: [{layer: -1}]}]},
	'record 0: there is no layer -1',
);
test(
	'a chain out of range',
	corrupt,
	{layers, records: [{digest, chains: [{layers: [0, 9]}]}]},
	'record 0: there is no layer 9',
);
test(
	'layers in a ring',
	corrupt,
	{layers: [{blob: low, parent: 1}, {blob: high}], records: [{digest, layers: [{layer: 1}]}]},
	'record 0: layer 1 is its own parent',
);
test('half a layer', corrupt, {layers, records: [{digest, layers: [{layer: 0.5}]}]}, 'record 0: a result is malformed');

test('thousands of records and layers in one chain', t => {
	const count = 20_000;
	const result = parseCacheConfig(
		{
			layers: Array.from({length: count}, (_, index) => ({blob: low, parent: index - 1})),
			records: Array.from({length: count}, (_, index) => ({
				digest,
				inputs: index === count - 1 ? [] : [[{link: index + 1}]],
				layers: index === 0 ? [{layer: count - 1}] : [],
			})),
		},
		blobs,
	);
	t.is(result.kind === 'parsed' && result.config.records[0]?.results[0]?.chain.length, count);
});

test('whatever JSON comes in, the answer is a config whose indexes are in range, or what is corrupt', t => {
	const index = fc.oneof(fc.integer({min: -2, max: 4}), fc.constant(undefined), fc.double(), fc.constant(null));
	const record = fc.record(
		{
			digest: fc.oneof({weight: 5, arbitrary: fc.constant(digest)}, fc.jsonValue()),
			inputs: fc.array(fc.array(fc.record({link: index}), {maxLength: 2}), {maxLength: 2}),
			layers: fc.array(fc.record({layer: index}), {maxLength: 2}),
			chains: fc.array(fc.record({layers: fc.array(index, {maxLength: 3})}), {maxLength: 2}),
		},
		{requiredKeys: ['digest']},
	);
	const config = fc.record({
		layers: fc.array(fc.record({blob: fc.constantFrom(low, high, digest), parent: index}), {maxLength: 4}),
		records: fc.oneof({weight: 5, arbitrary: fc.array(record, {maxLength: 4})}, fc.jsonValue()),
	});
	fc.assert(
		fc.property(fc.oneof({weight: 5, arbitrary: config}, fc.jsonValue()), json => {
			const result = parseCacheConfig(json, blobs);
			if (result.kind === 'corrupt') {
				return result.message !== '';
			}

			const {records, layers: known} = result.config;
			return records.every(
				({inputs, results}) =>
					inputs.flat().every(({link}) => records[link] !== undefined) &&
					results.every(({chain}) => chain.every(layer => known[layer] !== undefined)),
			);
		}),
		{numRuns: 1000},
	);
	t.pass();
});
