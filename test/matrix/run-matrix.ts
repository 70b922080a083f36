import {type CacheKind, cacheKinds} from './cache-kinds.ts';
import {matrixCases} from './cases/index.ts';
import type {MatrixEngine} from './engines.ts';
import type {MatrixCase} from './matrix-case.ts';
import {mutationsOf} from './mutations/index.ts';
import {isWanted, type MatrixOptions} from './options.ts';
import type {Tally} from './report.ts';
import {exportCase, runScenario} from './scenario.ts';
import type {World} from './world.ts';

/** Runs every wanted case, cache and mutation on one engine; tells each mismatch at once. */
export async function runMatrix(
	world: World,
	choice: string,
	options: MatrixOptions,
	results: Tally,
	print: (line: string) => void,
): Promise<void> {
	const caches = cacheKinds.filter(kind => isWanted(kind.name, options.caches) && canKeep(world.engine, kind));
	for (const [shift, cache] of caches.entries()) {
		for (const [at, one] of matrixCases.entries()) {
			if (!world.signal.aborted && isWanted(one.name, options.cases) && canBuild(world.engine, one)) {
				await runCase(world, choice, one, cache, at + shift, options, results, print);
			}
		}
	}
}

async function runCase(
	world: World,
	choice: string,
	one: MatrixCase,
	cache: CacheKind,
	offset: number,
	options: MatrixOptions,
	results: Tally,
	print: (line: string) => void,
): Promise<void> {
	const started = Date.now();
	const mutations = mutationsOf(one)
		.filter(({name}) => isWanted(name, options.mutations))
		.filter((_, at) => (at + offset) % options.every === 0);
	const id = {engine: world.engine.name, cache: cache.name, case: one.name};
	const [kind = '', name = ''] = choice.split(':');
	const again = `--${kind === 'builder' ? 'builder' : 'engine'} ${name} --cache ${cache.name} --case ${one.name}`;
	const exported = await exportCase(world, one, cache);
	if (exported.kind === 'failed') {
		results.add(id, 'export', again, {kind: 'disagreed', message: exported.message});
		print(`MISMATCH ${exported.message}\n  ${again}`);
		return;
	}

	let builds = 0;
	for (const mutation of mutations) {
		if (world.signal.aborted) {
			return;
		}

		const result = await runScenario(world, one, mutation, exported.place);
		const mismatches = results.add(id, mutation.name, `${again} --mutation '${mutation.name}'`, result);
		builds += result.kind === 'inapplicable' ? 0 : 1;
		for (const {what, again: flags} of mismatches) {
			print(`MISMATCH ${what}\n  ${flags}`);
		}

		if (options.verbose) {
			print(`${mutation.name}: ${result.kind === 'compared' ? JSON.stringify(result.steps) : JSON.stringify(result)}`);
		}
	}

	const seconds = (Date.now() - started) / 1000;
	print(`${world.engine.name} · ${cache.name} · ${one.name}: ${builds} builds in ${Math.round(seconds)} s`);
}

function canKeep({test}: MatrixEngine, {needsContainerdStore}: CacheKind): boolean {
	return test.store === 'containerd' || !needsContainerdStore;
}

function canBuild({test, dialect}: MatrixEngine, {since, needsContainerdStore}: MatrixCase): boolean {
	const minor = (version: string) => Number(version.split('.')[1]);
	const isNewEnough = since === undefined || dialect === undefined || minor(dialect.dialect.since) >= minor(since);
	return isNewEnough && (needsContainerdStore !== true || test.store === 'containerd');
}
