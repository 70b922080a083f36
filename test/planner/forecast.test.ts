import test, {type ExecutionContext} from 'ava';
import {sha256} from '../../analyzer/index.ts';
import type {CacheConfig} from '../../planner/caches/cache-config.ts';
import type {LostLayers} from '../../planner/caches/lost-layers.ts';
import {forecastSteps, type StepForecast, type UnreadCache} from '../../planner/forecast.ts';
import {summarize} from '../../planner/plan.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {analyse, type Built, exportCache} from '../helpers/exported-cache.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const files = {'a.txt': 'a\n', 'b.txt': 'b\n'};

function forecast(
	{steps, keys, output}: Built,
	caches: readonly CacheConfig[],
	noCache = false,
	unread: readonly UnreadCache[] = [],
	lost: LostLayers = new Map(),
): readonly StepForecast[] {
	const indexes = caches.map(cache => indexRecords(cache));
	return forecastSteps({steps, outputs: [output], caches: indexes, unread, lost, keys, noCache});
}

function outcomes(forecasts: readonly StepForecast[]): readonly string[] {
	return forecasts
		.filter(({outcome}) => outcome !== 'none')
		.map(
			({step, outcome, cause}) =>
				`${step.instruction.range.start.line} ${outcome}${cause === undefined ? '' : ` ${cause.kind}`}`,
		);
}

const chain = 'FROM base\nWORKDIR /app\nCOPY a.txt .\nRUN one\nRUN two\n';
const folder = (t: ExecutionContext): string => temporaryTree(t, files);

test('what a cache holds whole hits, and FROM is no step of it', t => {
	const built = analyse(chain, folder(t));
	const forecasts = forecast(built, [exportCache(built)]);
	t.deepEqual(outcomes(forecasts), ['2 hit', '3 hit', '4 hit', '5 hit']);
	t.is(forecasts[0]?.outcome, 'none');
});

test('no cache, and an empty one', t => {
	const built = analyse(chain, folder(t));
	const cold = ['2 miss cold', '3 miss cold', '4 miss cold', '5 miss cold'];
	t.deepEqual(outcomes(forecast(built, [])), cold);
	t.deepEqual(outcomes(forecast(built, [{records: [], layers: []}])), cold);
});

test('a first cause stands apart from its cascade', t => {
	const dir = folder(t);
	const cache = exportCache(analyse(chain, dir));
	const changed = analyse(chain.replace('RUN one', 'RUN other'), dir);
	t.deepEqual(outcomes(forecast(changed, [cache])), ['2 hit', '3 hit', '4 miss definition', '5 miss parent']);
	const edited = analyse(chain, temporaryTree(t, {...files, 'a.txt': 'changed\n'}));
	t.deepEqual(outcomes(forecast(edited, [cache])), ['2 hit', '3 miss content', '4 miss parent', '5 miss parent']);
});

test('another base is the cause of the first step on it', t => {
	const dir = folder(t);
	const cache = exportCache(analyse(chain, dir));
	const records = cache.records.map(record => (record.inputs.length === 0 ? {...record, digest: 'gone'} : record));
	t.is(outcomes(forecast(analyse(chain, dir), [{...cache, records}]))[0], '2 miss image');
});

test('a key without layers: cached where its result is not needed, a miss where it is', t => {
	const built = analyse(chain, folder(t));
	t.deepEqual(outcomes(forecast(built, [exportCache(built, {keyOnly: ['RUN one']})])), [
		'2 hit',
		'3 hit',
		'4 hit',
		'5 hit',
	]);
	t.deepEqual(outcomes(forecast(built, [exportCache(built, {keyOnly: ['RUN one', 'RUN two']})])), [
		'2 hit',
		'3 hit',
		'4 miss no-layers',
		'5 miss parent',
	]);
});

const stages = 'FROM base AS build\nRUN make\nFROM base\nWORKDIR /app\nCOPY --from=build /out .\nRUN last\n';

// BuildKit also exports the content that was copied from a stage: that is what may match again.
function withCopied(cache: CacheConfig): CacheConfig {
	const copied = cache.records.length;
	const records = cache.records.map(record => {
		const isCopy = record.inputs.length === 2 && record.inputs[1]?.some(link => link.selector !== undefined) === true;
		return isCopy
			? {...record, inputs: record.inputs.map((links, at) => (at === 1 ? [...links, {link: copied}] : links))}
			: record;
	});
	return {...cache, records: [...records, {digest: 'sha256:content', inputs: [], results: []}]};
}

test('what a stage that must run will hold is unknown, never a hit', t => {
	const dir = folder(t);
	const built = analyse(stages, dir);
	const cache = exportCache(built);
	t.deepEqual(outcomes(forecast(built, [cache])), ['2 hit', '4 hit', '5 hit', '6 hit']);
	const withContent = withCopied(cache);
	const changed = analyse(stages.replace('make', 'make all'), dir);
	t.deepEqual(outcomes(forecast(changed, [withContent])), [
		'2 miss definition',
		'4 hit',
		'5 unknown output',
		'6 unknown parent',
	]);
	// Without a record of the copy nothing can match.
	t.deepEqual(outcomes(forecast(changed, [exportCache(built, {without: ['COPY --from=build /out .']})])), [
		'2 miss definition',
		'4 hit',
		'5 miss parent',
		'6 miss parent',
	]);
});

test('a key without layers below an unknown step: runs only if that misses', t => {
	const dir = folder(t);
	const cache = withCopied(exportCache(analyse(stages, dir), {keyOnly: ['WORKDIR /app', 'COPY --from=build /out .']}));
	const forecasts = forecast(analyse(stages.replace('make', 'make all'), dir), [cache]);
	t.deepEqual(outcomes(forecasts), ['2 miss definition', '4 unknown consumer', '5 unknown output', '6 unknown parent']);
	const {best, worst} = summarize(forecasts);
	t.deepEqual(
		[best, worst],
		[
			{hit: 3, miss: 1},
			{hit: 0, miss: 4},
		],
	);
});

test('a stage that is found by its content alone must be made to be hashed', t => {
	const dir = folder(t);
	const dockerfile = stages.replace('RUN make', 'RUN prepare\nRUN make');
	const cache = withCopied(exportCache(analyse(dockerfile, dir), {keyOnly: ['RUN prepare']}));
	const forecasts = forecast(analyse(dockerfile.replace('make', 'make all'), dir), [cache]);
	t.deepEqual(outcomes(forecasts), [
		'2 miss no-layers',
		'3 miss definition',
		'5 hit',
		'6 unknown output',
		'7 unknown parent',
	]);
	// Nothing but the copied files is asked of the stage while it is found itself.
	t.deepEqual(outcomes(forecast(analyse(dockerfile, dir), [cache])), ['2 hit', '3 hit', '5 hit', '6 hit', '7 hit']);
});

test('two caches of one mind hit; a step that one of them lacks is unknown, and all that follows from it', t => {
	const built = analyse(`${chain}RUN three\n`, folder(t));
	const whole = exportCache(built);
	t.deepEqual(outcomes(forecast(built, [whole, whole])), ['2 hit', '3 hit', '4 hit', '5 hit', '6 hit']);
	const part = exportCache(built, {without: ['RUN two', 'RUN three']});
	const expected = ['2 hit', '3 hit', '4 hit', '5 unknown undecided', '6 unknown parent'];
	t.deepEqual(outcomes(forecast(built, [whole, part])), expected);
	t.deepEqual(outcomes(forecast(built, [part, whole])), expected);
});

test('--no-cache is for RUN and COPY, not for WORKDIR', t => {
	const built = analyse(chain, folder(t));
	t.deepEqual(outcomes(forecast(built, [exportCache(built)], true)), [
		'2 hit',
		'3 miss no-cache',
		'4 miss no-cache',
		'5 miss no-cache',
	]);
});

test('--no-cache: what follows a step that is not looked up is not found either', t => {
	const built = analyse(`${chain}WORKDIR /app/end\n`, folder(t));
	t.deepEqual(outcomes(forecast(built, [exportCache(built)], true)).slice(-2), ['5 miss no-cache', '6 miss parent']);
});

const gha: readonly UnreadCache[] = [{name: 'type=gha', reason: 'it cannot be read from here'}];

test('a cache that cannot be read may hold any step, or lead away from the cache that does', t => {
	const built = analyse(chain, folder(t));
	const expected = ['2 unknown unread', '3 unknown parent', '4 unknown parent', '5 unknown parent'];
	t.deepEqual(outcomes(forecast(built, [], false, gha)), expected);
	t.deepEqual(outcomes(forecast(built, [exportCache(built)], false, gha)), expected);
	t.deepEqual(forecast(built, [], false, gha)[1]?.cause, {
		kind: 'unread',
		cache: 'type=gha',
		reason: 'it cannot be read from here',
	});
	t.true(forecast(built, [exportCache(built)], false, gha).every(({step, needed}) => needed || step.id === '0:0'));
});

test('a cache that cannot be read changes nothing about what no cache is asked for', t => {
	const built = analyse(chain, folder(t));
	t.deepEqual(outcomes(forecast(built, [], true, gha)), [
		'2 unknown unread',
		'3 miss no-cache',
		'4 miss no-cache',
		'5 miss no-cache',
	]);
});

test('nothing leads away from a step that stands on the context alone', t => {
	const built = analyse('FROM scratch\nCOPY a.txt /\nRUN one\n', folder(t));
	t.deepEqual(outcomes(forecast(built, [exportCache(built)], false, gha)), ['2 hit', '3 unknown unread']);
	t.deepEqual(outcomes(forecast(built, [], false, gha)), ['2 unknown unread', '3 unknown parent']);
});

test('a result of which the cache has lost a layer is unknown; what stands on other layers hits', t => {
	const built = analyse(chain, folder(t));
	const whole = exportCache(built);
	const layers = ['low', 'high'].map((text, at) => ({blob: sha256(text), parent: at - 1}));
	const last = whole.records.findLastIndex(({results}) => results.length > 0);
	const records = whole.records.map((record, at) => ({
		...record,
		results: record.results.map(result => ({...result, chain: at === last ? [0, 1] : [0]})),
	}));
	const losing = (text: string) => forecast(built, [{records, layers}], false, [], new Map([[sha256(text), 'gone']]));
	t.deepEqual(outcomes(losing('other')), ['2 hit', '3 hit', '4 hit', '5 hit']);
	t.deepEqual(outcomes(losing('high')), ['2 hit', '3 hit', '4 hit', '5 unknown lost-layer']);
	t.deepEqual(outcomes(losing('low')), [
		'2 unknown lost-layer',
		'3 unknown parent',
		'4 unknown parent',
		'5 unknown parent',
	]);
	t.deepEqual(losing('high').at(-1)?.cause, {kind: 'lost-layer', layer: sha256('high'), reason: 'gone'});
});
