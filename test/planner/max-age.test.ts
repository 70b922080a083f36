import test, {type ExecutionContext} from 'ava';
import {newestDialect, parseDockerfile, recordDigest, resolveStages, type StageGraph} from '../../analyzer/index.ts';
import {agePeriods, limitOf, parseAgeFlag, unknownStage} from '../../planner/age/max-age.ts';
import {bothNoCache, type OldStep, stagesToRefresh} from '../../planner/age/refresh.ts';
import {tooOld} from '../../planner/age/too-old.ts';
import type {CacheConfig} from '../../planner/caches/cache-config.ts';
import {describeCause} from '../../planner/cause.ts';
import {forecastSteps, type StepForecast} from '../../planner/forecast.ts';
import {type NoCache, noCacheStages} from '../../planner/ignores-cache.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {analyse, type Built, exportCache} from '../helpers/exported-cache.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const parsed = test.macro({
	exec(t, flag: string, expected: object) {
		t.deepEqual(parseAgeFlag(flag), {kind: 'limit', limit: expected} as never);
	},
	title: (_, flag: string) => `--max-age ${flag}`,
});

test(parsed, '30s', {text: '30s', ms: 30_000});
test(parsed, '5m', {text: '5m', ms: 300_000});
test(parsed, '12h', {text: '12h', ms: 43_200_000});
test(parsed, '7d', {text: '7d', ms: 604_800_000});
test(parsed, '2w', {text: '2w', ms: 1_209_600_000});
test(parsed, '0s', {text: '0s', ms: 0});
test(parsed, 'deps=1d', {text: '1d', ms: 86_400_000, stage: 'deps'});

const refused = test.macro({
	exec(t, flag: string) {
		t.like(parseAgeFlag(flag), {kind: 'invalid', message: `"${flag}" is no age`});
	},
	title: (_, flag: string) => `no --max-age: "${flag}"`,
});

for (const flag of [
	'',
	'7',
	'd',
	'-1d',
	'1.5h',
	'7D',
	'7 d',
	'1y',
	'=7d',
	'deps=',
	'deps',
	'7d=deps',
	'99999999999999999w',
]) {
	test(refused, flag);
}

const week = {text: '7d', ms: 7 * 86_400_000};
const day = {text: '1d', ms: 86_400_000, stage: 'Deps'};

test('the limit of a stage: its own, else the one for all, of several the last', t => {
	t.is(limitOf('deps', [day, week]), day);
	t.is(limitOf('build', [day, week]), week);
	t.is(limitOf(undefined, [day, week]), week);
	t.is(limitOf('build', [day]), undefined);
	const last = {...day, text: '2d'};
	t.is(limitOf('DEPS', [day, last, week]), last);
});

function graphOf(text: string): StageGraph {
	const dockerfile = parseDockerfile({path: 'Dockerfile', text});
	if (dockerfile.kind === 'failed') {
		throw new Error(dockerfile.diagnostic.message);
	}

	const buildPlatform = {os: 'linux', architecture: 'amd64'};
	const resolved = resolveStages(dockerfile.dockerfile, {buildArgs: new Map(), buildPlatform}, newestDialect);
	if (resolved.kind === 'failed') {
		throw new Error('the graph is refused');
	}

	return resolved.graph;
}

test('a limit for a stage that is not there is a mistake', t => {
	const graph = graphOf('FROM base AS deps\nFROM deps\n');
	t.is(unknownStage([day, week], graph), undefined);
	t.deepEqual(unknownStage([{...day, stage: 'dep'}], graph), {
		message: '--max-age names the stage "dep", which the Dockerfile does not have',
		hint: 'did you mean "deps"?',
	});
	t.is(unknownStage([{...day, stage: 'x'}], graphOf('FROM base\n'))?.hint, 'its stages have no names');
});

const dockerfile =
	'FROM base AS deps\nWORKDIR /src\nCOPY a.txt .\nRUN make\nFROM base\nCOPY --from=deps /src /src\nRUN last\n';
const hour = 3_600_000;
const now = Date.parse('2026-01-10T00:00:00Z');
const at = (hours: number): string => new Date(now - hours * hour).toISOString();

// The ages of steps by their instruction; '' is a record that tells none.
function aged(cache: CacheConfig, built: Built, ages: Readonly<Record<string, string>>): CacheConfig {
	const keys = built.steps.flatMap(step => {
		const map = step.vertex === undefined ? undefined : built.keys.cacheMap(step.vertex);
		return map?.kind === 'known' ? [[step.instruction.text, map.map.digests] as const] : [];
	});
	const fresh = at(1);
	const records = cache.records.map((record, position) => {
		const [text] =
			keys.find(([, digests]) =>
				digests.some(digest => indexRecords(cache).byDigest(recordDigest(digest)).includes(position)),
			) ?? [];
		const age = ages[text ?? ''] ?? fresh;
		return {...record, results: record.results.map(({chain}) => ({chain, ...(age !== '' && {createdAt: age})}))};
	});
	return {...cache, records};
}

function planned(
	t: ExecutionContext,
	ages: Readonly<Record<string, string>>,
	limits: readonly string[],
	viaEngineApi = false,
): {readonly first: readonly StepForecast[]; readonly after: readonly string[]; readonly told: NoCache} {
	const built = analyse(dockerfile, temporaryTree(t, {'a.txt': 'a\n'}));
	const graph = graphOf(dockerfile);
	const caches = [indexRecords(aged(exportCache(built), built, ages))];
	const {steps, keys, output} = built;
	const input = {steps, outputs: [output], caches, unread: [], keys, noCache: false};
	const parsedLimits = limits.map(text => {
		const flag = parseAgeFlag(text);
		if (flag.kind === 'invalid') {
			throw new Error(flag.message);
		}

		return flag.limit;
	});
	const first = forecastSteps(input);
	const old = tooOld(first, graph, {limits: parsedLimits, now});
	const told = stagesToRefresh(old, graph, viaEngineApi);
	const refreshed = forecastSteps({...input, refresh: {stages: noCacheStages(told, graph), old}});
	return {
		first,
		told,
		after: refreshed
			.filter(({outcome}) => outcome !== 'none')
			.map(
				({step, outcome, cause}) =>
					`${step.instruction.range.start.line} ${outcome}${cause === undefined ? '' : `: ${describeCause(cause)}`}`,
			),
	};
}

test('nothing is too old, and nothing is rebuilt', t => {
	const {after, told} = planned(t, {}, ['7d', 'deps=2h']);
	t.is(told, false);
	t.deepEqual(after, ['2 hit', '3 hit', '4 hit', '6 hit', '7 hit']);
});

test('one step too old: its stage runs again, and what follows goes by its output', t => {
	const {after, told} = planned(t, {'RUN make': at(49)}, ['deps=2d']);
	t.deepEqual(told, ['deps']);
	t.deepEqual(after, [
		'2 hit',
		'3 miss: rebuilt with line 4, older than 2d',
		'4 miss: older than 2d',
		'6 miss: follows line 4',
		'7 miss: follows line 6',
	]);
});

test('the limit itself is not over it', t => {
	t.is(planned(t, {'RUN make': at(48)}, ['deps=2d']).told, false);
	t.is(planned(t, {'RUN make': at(48)}, ['build=1h', '2d']).told, false);
});

test('stages without a name are one to BuildKit', t => {
	const {after, told} = planned(t, {'RUN last': at(500)}, ['1w']);
	t.deepEqual(told, [',']);
	t.deepEqual(after.slice(3), ['6 miss: rebuilt with line 7, older than 1w', '7 miss: older than 1w']);
	t.deepEqual(after.slice(0, 3), ['2 hit', '3 hit', '4 hit']);
});

test('a record without a time counts as too old', t => {
	const {after} = planned(t, {'RUN make': ''}, ['deps=2d']);
	t.is(after[2], '4 miss: of unknown age, --max-age 2d');
});

test('WORKDIR does not age: nothing could make it run', t => {
	t.is(planned(t, {'WORKDIR /src': at(5000)}, ['1d']).told, false);
});

test('the Docker Engine API knows all stages or none', t => {
	const {after, told} = planned(t, {'RUN make': at(49)}, ['deps=2d'], true);
	t.is(told, true);
	t.deepEqual(after, [
		'2 hit',
		'3 miss: rebuilt with line 4, older than 2d',
		'4 miss: older than 2d',
		'6 miss: rebuilt with line 4, older than 2d',
		'7 miss: rebuilt with line 4, older than 2d',
	]);
});

test('a step that may be taken from an old record, if a stage turns out as before, is too old', t => {
	const graph = graphOf(dockerfile);
	const {first} = planned(t, {}, []);
	const copy = first.filter(({step}) => step.instruction.kind === 'copy').at(-1);
	const possible = first.map(one =>
		one === copy ? {...one, outcome: 'unknown' as const, ages: [at(1), at(100)]} : one,
	);
	t.deepEqual(
		tooOld(possible, graph, {limits: [week, {text: '3d', ms: 72 * hour}], now}).map(({line}: OldStep) => line),
		[6],
	);
});

const merged = test.macro((t, one: NoCache, other: NoCache, both: NoCache) =>
	t.deepEqual(bothNoCache(one, other), both),
);

test('neither', merged, false, false, false);
test('--no-cache, and old stages', merged, true, ['deps'], true);
test('stages of the user and old ones', merged, ['build'], ['deps', 'build'], ['build', 'deps']);
test('old stages alone', merged, false, ['deps'], ['deps']);

test('the periods of a CI key: a day, or a shorter limit', t => {
	const limits = [
		{text: '7d', ms: 168 * hour},
		{text: '2h', ms: 2 * hour, stage: 'deps'},
	];
	const at = (now: number) => agePeriods({limits, now});
	t.deepEqual(agePeriods({limits: [], now: 0}), []);
	t.deepEqual(at(24 * hour), ['=7d 1', 'deps=2h 12']);
	t.deepEqual(at(26 * hour - 1), at(24 * hour));
	t.deepEqual(at(26 * hour), ['=7d 1', 'deps=2h 13']);
	t.deepEqual(at(48 * hour), ['=7d 2', 'deps=2h 24']);
});
