import test from 'ava';
import fc from 'fast-check';
import {type Digest, sha256} from '../../analyzer/index.ts';
import {findLoop} from '../../planner/caches/find-loop.ts';
import {archiveName} from '../../planner/store/archive-name.ts';
import {type Keep, parseKeep, parseSize} from '../../planner/store/keep.ts';
import {mergeRecords} from '../../planner/store/merge-records.ts';
import {readable, retain, type TaggedCache} from '../../planner/store/retention.ts';
import {formatStoredCache, parseStoredCache, type StoredCache} from '../../planner/store/stored-cache.ts';
import type {StoredRecord} from '../../planner/store/stored-record.ts';

const keeps = test.macro((t, values: readonly string[], expected: Keep | string) => {
	const flags = parseKeep(values);
	t.deepEqual(flags.kind === 'keep' ? flags.keep : flags.message, expected);
});
const hour = 3_600_000;
test('nothing said: current', keeps, [], {});
test('current', keeps, ['current'], {});
test('seconds', keeps, ['90s'], {maxAge: 90_000});
test('minutes, not megabytes', keeps, ['10m'], {maxAge: 600_000});
test('days and parts of them', keeps, ['1.5d'], {maxAge: 36 * hour});
test('weeks and a size', keeps, ['2w', '10GB'], {maxAge: 336 * hour, maxBytes: 10 * 1024 ** 3});
test('the lowest of several holds', keeps, ['7d', '2h', '1g', '2MiB'], {maxAge: 2 * hour, maxBytes: 2 << 20});
test('bytes', keeps, ['500B'], {maxBytes: 500});
test('a unit is needed', keeps, ['7'], '--keep "7" is neither a time nor a size');
test('M alone could be either', keeps, ['10M'], '--keep "10M" is neither a time nor a size');
test('negative', keeps, ['-7d'], '--keep "-7d" is neither a time nor a size');
test('empty', keeps, [''], '--keep "" is neither a time nor a size');
test(
	'current and a limit',
	keeps,
	['current', '7d'],
	'--keep current keeps nothing of earlier builds, so it excludes other limits',
);
test('sizes beyond what can be counted', t => t.is(parseSize('99999PB'), undefined));

const hex = 'a'.repeat(64);
const names = test.macro((t, name: string, type: string | null, expected: ReturnType<typeof archiveName>['kind']) => {
	t.is(archiveName(name, type).kind, expected);
});
test('archive: a blob', names, `blobs/sha256/${hex}`, 'file', 'blob');
test('archive: a blob as tar writes names of a folder', names, `./blobs/sha256/${hex}`, 'file', 'blob');
test('archive: the index', names, 'index.json', 'file', 'file');
test('archive: a folder', names, 'blobs/sha256/', 'directory', 'folder');
for (const [name, type] of [
	['../index.json', 'file'],
	[`blobs/../../blobs/sha256/${hex}`, 'file'],
	['/index.json', 'file'],
	['C:/index.json', 'file'],
	[String.raw`blobs\sha256\x`, 'file'],
	['index.json', 'symlink'],
	['index.json', 'link'],
	[`blobs/sha256/${hex}`, 'character-device'],
	[`blobs/sha256/${hex}`, 'fifo'],
	[`blobs/sha256/${hex}`, null],
	[`blobs/sha256/${hex.toUpperCase()}`, 'file'],
	[`blobs/sha256/${hex}/x`, 'file'],
	['blobs/sha512/', 'directory'],
	['.lock', 'file'],
	['', 'file'],
] as const) {
	test(`archive: refused: ${type} ${JSON.stringify(name)}`, names, name, type, 'refused');
}

const blob = (name: string): Digest => sha256(name);

/** A record of the made-up caches: a step of a level, made of steps of lower ones. */
interface Draft {
	readonly name: number;
	readonly inputs: readonly (readonly {readonly to: number; readonly selector: boolean}[])[];
	readonly result: readonly number[] | undefined;
	readonly usedAt: number;
}

const draft = fc.record({
	name: fc.nat(2),
	inputs: fc.array(fc.array(fc.record({to: fc.nat(), selector: fc.boolean()}), {minLength: 1, maxLength: 2}), {
		maxLength: 2,
	}),
	result: fc.option(fc.array(fc.nat(9), {minLength: 1, maxLength: 4}), {nil: undefined}),
	usedAt: fc.nat(100),
});

/** `layered`: records of one digest are never made of each other, as in what BuildKit writes. */
function toRecords(drafts: readonly Draft[], layered: boolean): readonly StoredRecord[] {
	const levels: number[] = [];
	return drafts.map(({name, inputs, result, usedAt}, index) => {
		const own =
			index === 0
				? []
				: inputs.map(links => links.map(({to, selector}) => ({link: to % index, ...(selector && {selector: 'sel'})})));
		const level = Math.max(-1, ...own.flat().map(({link}) => levels[link] ?? 0)) + 1;
		levels.push(level);
		return {
			digest: sha256(layered ? `${level} ${own.length} ${name}` : `${own.length} ${name}`),
			inputs: own,
			results:
				result === undefined ? [] : [{chain: result.map(one => blob(String(one))), createdAt: '2026-01-01T00:00:00Z'}],
			usedAt,
		};
	});
}

const cacheOf = (layered: boolean) =>
	fc.array(draft, {minLength: 1, maxLength: 8}).map(drafts => toRecords(drafts, layered));

/** What a step looks up: its digest and one alternative per input. */
interface Lookup {
	readonly digest: string;
	readonly inputs: readonly {readonly of: Lookup; readonly selector: string | undefined}[];
}

/** The lookup that takes the alternative `choice` everywhere. */
function lookupOf(records: readonly StoredRecord[], index: number, choice: number): Lookup {
	const record = records[index];
	return {
		digest: record?.digest ?? '',
		inputs: (record?.inputs ?? []).flatMap(links => {
			const link = links[choice % links.length];
			return link === undefined ? [] : {of: lookupOf(records, link.link, choice), selector: link.selector};
		}),
	};
}

/** The records that match, as BuildKit finds them. */
function matches(records: readonly StoredRecord[], {digest, inputs}: Lookup): ReadonlySet<number> {
	const found = inputs.map(({of}) => matches(records, of));
	return new Set(
		records.flatMap((record, index) =>
			record.digest === digest &&
			record.inputs.length === inputs.length &&
			record.inputs.every((links, at) =>
				links.some(({link, selector}) => selector === inputs[at]?.selector && found[at]?.has(link) === true),
			)
				? index
				: [],
		),
	);
}

function isSound(records: readonly StoredRecord[]): boolean {
	return (
		findLoop(records.map(({inputs}) => inputs.flat().map(({link}) => link))) === undefined &&
		records.every(({inputs}) =>
			inputs.every(links => links.length > 0 && links.every(({link}) => records[link] !== undefined)),
		)
	);
}

test('merged: whatever was found in one of two caches is found, and merging once more changes nothing', t => {
	fc.assert(
		fc.property(cacheOf(true), cacheOf(true), fc.nat(1), (newer, older, choice) => {
			const merged = mergeRecords(newer, older);
			const finds = (records: readonly StoredRecord[]): boolean =>
				records.every((record, index) => {
					const found = [...matches(merged, lookupOf(records, index, choice))].map(one => merged[one]);
					return found.length > 0 && (record.results.length === 0 || found.some(one => (one?.results.length ?? 0) > 0));
				});
			return isSound(merged) && finds(newer) && finds(older) && mergeRecords(merged, merged).length === merged.length;
		}),
		{numRuns: 500},
	);
	t.pass();
});

test('merged: no loop and no link to nowhere, whatever comes in', t => {
	fc.assert(
		fc.property(cacheOf(false), cacheOf(false), (newer, older) => isSound(mergeRecords(newer, older))),
		{numRuns: 500},
	);
	t.pass();
});

test('merged: the newer result counts, the older one where the newer has the key only', t => {
	const record = (usedAt: number, ...chain: readonly string[]): StoredRecord => ({
		digest: sha256('step'),
		inputs: [],
		results: chain.length > 0 ? [{chain: chain.map(blob)}] : [],
		usedAt,
	});
	t.deepEqual(mergeRecords([record(2, 'new')], [record(1, 'old')]), [record(2, 'new')]);
	t.deepEqual(mergeRecords([record(2)], [record(1, 'old')]), [record(1, 'old')]);
	t.deepEqual(mergeRecords([record(2)], [record(1)]), [record(2)]);
});

function cacheFrom(records: readonly StoredRecord[], form: StoredCache['form']): StoredCache {
	const chains = records.flatMap(({results}) => results.flatMap(({chain}) => chain));
	return {
		records,
		blobs: new Map(
			chains.map(digest => [digest, {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 10}]),
		),
		form,
		mediaType: `application/vnd.oci.image.${form === 'image' ? 'manifest' : 'index'}.v1+json`,
	};
}

const taggedCaches = fc
	.array(fc.tuple(cacheOf(true), fc.constantFrom<StoredCache['form']>('image', 'index')), {minLength: 1, maxLength: 3})
	.map(all =>
		all.map(
			([records, form], index): TaggedCache => ({tag: `tag${index}`, cache: cacheFrom(records, form), usedAt: 100}),
		),
	);

test('kept: within every limit, the manifest lists just the layers that are used, and reads as it was written', t => {
	const layers = (caches: readonly TaggedCache[]): ReadonlySet<Digest> =>
		new Set(caches.flatMap(({cache}) => cache.records.flatMap(({results}) => results.flatMap(({chain}) => chain))));
	fc.assert(
		fc.property(
			taggedCaches,
			fc.option(fc.nat(100), {nil: undefined}),
			fc.option(fc.nat(120), {nil: undefined}),
			fc.nat(20),
			(caches, maxAge, maxBytes, others) => {
				const keep: Keep = {...(maxAge !== undefined && {maxAge}), ...(maxBytes !== undefined && {maxBytes})};
				const kept = retain(caches, keep, {layer: () => 10, others}, 100);
				const bytes = layers(kept).size * 10 + others;
				return (
					(maxBytes === undefined || kept.length === 0 || bytes <= maxBytes) &&
					kept.every(({cache}) => isSound(cache.records)) &&
					kept.every(({cache: {records}}) =>
						records.every(
							({results, usedAt}) => results.length === 0 || maxAge === undefined || usedAt >= 100 - maxAge,
						),
					) &&
					kept.every(tagged => {
						const {manifest, config} = formatStoredCache(tagged.cache, tagged.usedAt);
						const read = parseStoredCache(manifest.bytes, config.bytes, tagged.usedAt);
						t.deepEqual(read?.records, tagged.cache.records);
						t.deepEqual(new Set(read?.blobs.keys()), layers([tagged]));
						return true;
					})
				);
			},
		),
		{numRuns: 500},
	);
});

test('kept within a size: what was used longest ago goes first, what costs nothing stays', t => {
	const step = (name: string, usedAt: number, ...chain: readonly string[]): StoredRecord => ({
		digest: sha256(name),
		inputs: [],
		results: [{chain: chain.map(blob)}],
		usedAt,
	});
	const cache = cacheFrom([step('base', 1, 'a'), step('old', 2, 'a', 'b'), step('new', 3, 'a', 'c')], 'image');
	const namesWithin = (maxBytes: number): readonly number[] =>
		retain([{tag: 'latest', cache, usedAt: 3}], {maxBytes}, {layer: () => 10, others: 5}, 3).flatMap(one =>
			one.cache.records.map(({usedAt}) => usedAt),
		);
	t.deepEqual(namesWithin(35), [1, 2, 3]);
	t.deepEqual(namesWithin(34), [1, 3]);
	t.deepEqual(namesWithin(24), []);
});

test('a cache that is larger than BuildKit reads loses what was used longest ago', t => {
	const records = Array.from({length: 9000}, (_, index) => ({
		digest: sha256(String(index)),
		inputs: [],
		results: [{chain: [blob('one')]}],
		usedAt: index,
	}));
	const {cache} = readable({tag: 'latest', cache: cacheFrom(records, 'image'), usedAt: 9000});
	t.true(formatStoredCache(cache, 9000).config.bytes.byteLength <= 1 << 20);
	t.true(cache.records.length > 5000);
	t.is(cache.records.at(-1)?.usedAt, 8999);
});

/** A step that is made of others. */
const madeOf = (name: string, ...links: readonly number[]): StoredRecord => ({
	digest: sha256(name),
	inputs: links.length > 0 ? [links.map(link => ({link}))] : [],
	results: [{chain: [blob(name)]}],
	usedAt: 1,
});

// BuildKit loses links of a cache with several ends by chance (cache/remotecache/v1/cachestorage.go).
test('written: one end, which is no record when it is read again', t => {
	const ended = (records: readonly StoredRecord[]): readonly unknown[] => {
		const {manifest, config} = formatStoredCache(cacheFrom(records, 'image'), 1);
		t.deepEqual(parseStoredCache(manifest.bytes, config.bytes, 1)?.records, records);
		return (JSON.parse(new TextDecoder().decode(config.bytes)) as {readonly records: readonly unknown[]}).records;
	};
	t.is(ended([madeOf('a'), madeOf('b', 0), madeOf('c', 1)]).length, 3);
	t.like(ended([madeOf('a'), madeOf('b', 0), madeOf('c', 0)]).at(-1), {inputs: [[{link: 1}, {link: 2}]]});
});

test('merged: a record that would be made of itself does not cost the others', t => {
	const merged = mergeRecords([madeOf('a')], [madeOf('a'), madeOf('b', 0), madeOf('b', 0, 1), madeOf('c')]);
	t.deepEqual(
		merged.map(({digest}) => digest),
		['a', 'b', 'c'].map(name => sha256(name)),
	);
	t.deepEqual(merged[1]?.inputs, [[{link: 0}]]);
});
