import test from 'ava';
import {type Dialect, dialectOf, dialects} from '../../analyzer/index.ts';
import {agreeing} from '../../planner/agreeing-forecasts.ts';
import {detectDialect} from '../../planner/detect-dialect.ts';
import {forecastSteps} from '../../planner/forecast.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {analyse, exportCache} from '../helpers/exported-cache.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

interface Case {
	/** The BuildKit that wrote the cache. */
	readonly writer: string;
	readonly before: string;
	/** The Dockerfile now; as before when absent. */
	readonly now?: string;
	readonly buildArgs?: Readonly<Record<string, string>>;
	/** The range of dialects that is found. */
	readonly range: readonly [from: string, newest: string];
	/** Outcomes of the steps, FROM left out. */
	readonly outcomes: readonly string[];
}

const chain = 'FROM base\nWORKDIR /w\nCOPY a.txt .\nRUN one\n';
const cases: Readonly<Record<string, Case>> = {
	'the oldest': {writer: '0.8', before: chain, range: ['0.8', '0.10'], outcomes: ['hit', 'hit', 'hit']},
	'one that has added nothing to these steps': {
		writer: '0.25',
		before: chain,
		range: ['0.13', '0.29'],
		outcomes: ['hit', 'hit', 'hit'],
	},
	'a time that is new: builders before 0.22 would not have cared': {
		writer: '0.25',
		before: chain,
		buildArgs: {SOURCE_DATE_EPOCH: '1'},
		range: ['0.13', '0.29'],
		outcomes: ['unknown', 'unknown', 'unknown'],
	},
	'an argument that only later ones know': {
		writer: '0.25',
		before: chain,
		now: chain.replace('RUN', 'ARG TARGETSTAGE\nRUN'),
		range: ['0.13', '0.29'],
		outcomes: ['hit', 'hit', 'unknown'],
	},
	'a mount that tells': {
		writer: '0.25',
		before: `${chain}RUN --mount=type=cache,target=/c true\n`,
		now: `${chain}RUN --mount=type=cache,target=/c true\nARG TARGETSTAGE\nRUN two\n`,
		range: ['0.17', '0.29'],
		outcomes: ['hit', 'hit', 'hit', 'hit', 'miss'],
	},
};

for (const [title, {writer, before, now = before, buildArgs = {}, range, outcomes}] of Object.entries(cases)) {
	test(`detected: ${title}`, t => {
		const context = temporaryTree(t, {'a.txt': 'a\n'});
		const dialect = dialectOf(writer) ?? dialects[0];
		t.truthy(dialect);
		const caches = [indexRecords(exportCache(analyse(before, context, dialect === undefined ? {} : {dialect})))];
		const stepsIn = (one: Dialect, changed: Partial<Dialect> = {}) =>
			analyse(now, context, {dialect: {...one, ...changed}, buildArgs});
		const {choice, others} = detectDialect({
			caches,
			text: now,
			buildArgs: new Map(Object.entries(buildArgs)),
			stepsIn,
		});
		t.is(choice.by, 'cache');
		t.deepEqual([choice.from?.since, choice.dialect.since], [...range]);
		const forecasts = (one: Dialect) => {
			const {steps, keys, output} = stepsIn(one);
			return {
				dialect: one,
				forecasts: forecastSteps({steps, outputs: [output], caches, unread: [], keys, noCache: false}),
			};
		};
		const agreed = agreeing(
			forecasts(choice.dialect),
			others.map(other => forecasts(other)),
		);
		t.deepEqual(
			agreed.map(({outcome}) => outcome).filter(outcome => outcome !== 'none'),
			[...outcomes],
		);
	});
}

test('without a cache the newest is assumed', t => {
	const context = temporaryTree(t, {'a.txt': 'a\n'});
	const stepsIn = (dialect: Dialect) => analyse(chain, context, {dialect});
	const {choice, others} = detectDialect({caches: [], text: chain, buildArgs: new Map(), stepsIn});
	t.deepEqual([choice.by, choice.dialect, others], ['default', dialects.at(-1), []]);
});
