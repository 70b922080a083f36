import anyTest, {type TestFn} from 'ava';
import {startOwnEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import {loadTestEngine, type TestEngine, whyNoEngine} from '../engine/test-engine.ts';
import {matrixCases} from './cases/index.ts';
import {type MatrixEngine, openEngine} from './engines.ts';
import {makeSurroundings, type Surroundings} from './images.ts';
import {mutationsOf} from './mutations/index.ts';
import {matrixOptions} from './options.ts';
import {tally} from './report.ts';
import {runMatrix} from './run-matrix.ts';

// The short form of `npm run conformance`: a few cases of it, each with a few changes, on the engine of the run.

interface Context {
	readonly test: TestEngine | undefined;
	readonly engine: MatrixEngine;
	readonly surroundings: Surroundings;
}

const test = anyTest as TestFn<Context>;

test.before(async t => {
	const shared = loadTestEngine();
	const start =
		shared === undefined ? ({kind: 'unavailable', reason: whyNoEngine()} as const) : await startOwnEngine(shared);
	if (start.kind === 'unavailable') {
		if (process.env['CI']) {
			throw new Error(start.reason);
		}

		Object.assign(t.context, {test: undefined});
		return;
	}

	Object.assign(t.context, {
		test: start.engine,
		engine: await openEngine(start.engine),
		surroundings: await makeSurroundings(start.engine),
	});
});

test.after.always(async t => {
	if (t.context.test !== undefined) {
		await t.context.surroundings.stop();
		await t.context.engine.close();
		await stopFolder(t.context.test.folder, t.context.test.programs.tools);
	}
});

test('every case has at least 40 changes, each with a name of its own', t => {
	for (const one of matrixCases) {
		const names = mutationsOf(one).map(({name}) => name);
		t.true(names.length >= 40, `${one.name}: ${names.length}`);
		t.is(new Set(names).size, names.length, one.name);
	}

	t.is(new Set(matrixCases.map(({name}) => name)).size, matrixCases.length);
});

const short: readonly (readonly [cache: string, cases: string, mutations: string])[] = [
	['registry-max', 'many-stages', 'nothing,content:lib/a.txt,owner:lib/a.txt,env-value,base-relabelled,target:build'],
	['registry-max', 'globs', 'new-file:lib,copied:lib/a.txt'],
	['registry-max', 'run-mounts', 'content:conf/app.conf,mount-id'],
	['registry-min', 'copy-from-static', 'nothing,mode:lib/a.txt,stage-renamed'],
	['inline', 'twins', 'nothing,run-last-text,base-one-more-layer'],
	['local-max', 'scratch', 'nothing,content:app.txt,copy-chown'],
];

for (const [cache, name, mutations] of short) {
	test.serial(`${cache}, ${name}: forecast as the engine then builds it`, async t => {
		const {test: own, engine, surroundings} = t.context;
		if (own === undefined) {
			t.log(whyNoEngine());
			t.pass();
			return;
		}

		const argv = ['--cache', cache, '--case', name, '--mutation', mutations];
		const results = tally();
		const world = {engine, surroundings, signal: new AbortController().signal};
		await runMatrix(world, 'private:this', matrixOptions(argv), results, line => t.log(line));
		const {rows, mismatches} = results.report();
		t.deepEqual(mismatches, []);
		t.is(rows.length, 1);
		t.is(rows[0]?.builds, mutations.split(',').length);
	});
}
