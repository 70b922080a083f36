import test from 'ava';
import fc from 'fast-check';
import type {CacheConfig, CacheLink} from '../../planner/caches/cache-config.ts';
import {withLinksAtRisk} from '../../planner/links-at-risk.ts';
import {indexRecords} from '../../planner/record-index.ts';

interface Place {
	readonly record: number;
	readonly input: number;
	readonly link: CacheLink;
}

/** Records with inputs, each a list of `record` or `[record, selector]`. */
function configOf(records: readonly (readonly (readonly (number | readonly [number, string])[])[])[]): CacheConfig {
	return {
		layers: [],
		records: records.map((inputs, at) => ({
			digest: `record ${at}`,
			inputs: inputs.map(links =>
				links.map(link => (typeof link === 'number' ? {link} : {link: link[0], selector: link[1]})),
			),
			results: [],
		})),
	};
}

function placesOf({records}: CacheConfig): readonly Place[] {
	return records.flatMap(({inputs}, record) =>
		inputs.flatMap((links, input) => links.map(link => ({record, input, link}))),
	);
}

function atRisk(config: CacheConfig): readonly string[] {
	const index = withLinksAtRisk(indexRecords(config));
	return placesOf(config)
		.filter(({record, input, link}) => index.mayLose(record, input, link))
		.map(({record, link}) => `${link.link}→${record}`);
}

/** Loads a cache as BuildKit 0.25 does, ends and links in the order that `choose` makes, and says what is lost. */
function loseLinks(config: CacheConfig, choose: <T>(items: readonly T[]) => readonly T[]): ReadonlySet<CacheLink> {
	const used = new Set(placesOf(config).map(({link}) => link.link));
	const added = new Set<number>();
	const lost = new Set<CacheLink>();
	for (const end of choose([...config.records.keys()].filter(record => !used.has(record)))) {
		const visited = new Map<number, boolean>();
		const add = (record: number): boolean => {
			const seen = visited.get(record);
			if (seen !== undefined) {
				return seen;
			}

			visited.set(record, false);
			if (added.has(record)) {
				return true;
			}

			for (const links of config.records[record]?.inputs ?? []) {
				for (const link of choose(links)) {
					if (!add(link.link)) {
						lost.add(link);
					}
				}
			}

			added.add(record);
			visited.set(record, true);
			return true;
		};
		add(end);
	}

	return lost;
}

const tables: Readonly<Record<string, readonly [config: CacheConfig, expected: readonly string[]]>> = {
	'one end': [configOf([[], [[0]], [[0]], [[1], [2]]]), []],
	'two ends with nothing in common': [configOf([[], [[0]], [], [[2]]]), []],
	'two ends, a common record that each uses once': [configOf([[], [[0]], [[0]]]), []],
	'a common record that one end uses twice': [configOf([[], [[0]], [[0]], [[1], [2]], [[0]]]), ['0→1', '0→2']],
	'two parts of a common record': [
		configOf([
			[],
			[
				[
					[0, '/a'],
					[0, '/b'],
				],
			],
			[[0]],
		]),
		['0→1', '0→1'],
	],
	'what is used twice is common itself': [configOf([[], [[0]], [[0]], [[1], [2]], [[3]], [[3]]]), []],
};
for (const [name, [config, expected]] of Object.entries(tables)) {
	test(`links at risk: ${name}`, t => {
		t.deepEqual(atRisk(config), expected);
	});
}

const anyConfig = fc
	.array(
		fc.array(fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '/a')), {minLength: 1, maxLength: 2}), {maxLength: 2}),
		{
			minLength: 3,
			maxLength: 7,
		},
	)
	.map(records =>
		configOf(
			records.map((inputs, at) =>
				at === 0
					? []
					: inputs.map(links => {
							const own = links.map(([link, selector]) => [link % at, selector] as const);
							return own.filter((one, place) => own.findIndex(other => `${other}` === `${one}`) === place);
						}),
			),
		),
	);

test('whatever the order, no load loses a link that is not at risk', t => {
	let lossy = 0;
	fc.assert(
		fc.property(anyConfig, fc.infiniteStream(fc.nat()), (config, numbers) => {
			const shuffle = <T>(items: readonly T[]): readonly T[] =>
				items
					.map(item => ({item, key: numbers.next().value ?? 0}))
					.sort((a, b) => a.key - b.key)
					.map(({item}) => item);
			const index = withLinksAtRisk(indexRecords(config));
			const risky = new Set(
				placesOf(config).flatMap(({record, input, link}) => (index.mayLose(record, input, link) ? [link] : [])),
			);
			const lost = new Set(Array.from({length: 200}, () => [...loseLinks(config, shuffle)]).flat());
			lossy += lost.size > 0 ? 1 : 0;
			return [...lost].every(link => risky.has(link));
		}),
		{numRuns: 300},
	);
	t.true(lossy > 20, `${lossy}`);
});

test('a chain of any length, and more ends than are told apart', t => {
	const long = configOf(Array.from({length: 20_000}, (_, at) => (at === 0 ? [] : [[at - 1]])));
	t.deepEqual(atRisk(long), []);
	const wide = configOf(Array.from({length: 5000}, (_, at) => (at === 0 ? [] : [[0]])));
	t.is(atRisk(wide).length, 4999);
});
