import fc from 'fast-check';
import {type CacheKind, cacheKinds} from './cache-kinds.ts';
import {matrixCase} from './matrix-case.ts';
import {mutationsOf} from './mutations/index.ts';
import {isWanted, type MatrixOptions} from './options.ts';
import {dockerfiles} from './random-dockerfile.ts';
import {type Mismatch, type Tally, tally} from './report.ts';
import {exportCase, runScenario} from './scenario.ts';
import type {World} from './world.ts';

/** What random Dockerfiles are changed in. */
const read = {
	files: ['lib/a.txt', 'app.txt', 'conf/app.conf', 'lib/sub/b.txt'],
	folders: ['lib', 'static', '.'],
	links: ['lib/link.txt', 'links/file', 'links/dir'],
};

const TRIES = 20;

// An execution that does not fail goes into the results once; the search for a smaller one does not.
const SHRINKING_SECONDS = 120;

/**
 * Builds random Dockerfiles, each with a few random changes, as the matrix does with those of its table. Prints the
 * smallest Dockerfile and change it finds for a mismatch, then goes on.
 */
export async function runRandom(
	world: World,
	options: MatrixOptions,
	results: Tally,
	print: (line: string) => void,
): Promise<void> {
	const wanted = options.caches.length === 0 ? ['registry-max'] : options.caches;
	for (const cache of cacheKinds.filter(kind => isWanted(kind.name, wanted))) {
		let done = 0;
		for (let seed = options.seed; done < options.random && !world.signal.aborted; seed++) {
			done += await search(world, cache, seed, options.random - done, results, print);
		}

		print(`${world.engine.name} · ${cache.name}: ${done} random Dockerfiles`);
	}
}

async function search(
	world: World,
	cache: CacheKind,
	seed: number,
	runs: number,
	results: Tally,
	print: (line: string) => void,
): Promise<number> {
	const id = {engine: world.engine.name, cache: cache.name, case: 'random'};
	let done = 0;
	let failedAt: number | undefined;
	const property = fc.asyncProperty(
		dockerfiles,
		fc.array(fc.nat(), {minLength: 3, maxLength: 8}),
		async (dockerfile, picks) => {
			const isLate = failedAt !== undefined && Date.now() - failedAt > SHRINKING_SECONDS * 1000;
			if (world.signal.aborted || isLate) {
				return;
			}

			const into = failedAt === undefined ? results : tally();
			done += failedAt === undefined ? 1 : 0;
			const mismatches = await tryOne(world, cache, dockerfile, picks, print, (name, result) =>
				into.add(id, name, `--random ${runs} --seed ${seed} --cache ${cache.name}`, result),
			);
			if (mismatches.length > 0) {
				failedAt ??= Date.now();
				throw new Error(mismatches.map(({mutation, what}) => `${mutation}: ${what}`).join('\n'));
			}
		},
	);
	const checked = await fc.check(property, {seed, numRuns: runs});
	if (checked.failed) {
		const [dockerfile = ''] = checked.counterexample ?? [];
		const said = checked.errorInstance instanceof Error ? checked.errorInstance.message : '';
		print(`MISMATCH in a random Dockerfile, seed ${seed}, path ${checked.counterexamplePath}\n${said}\n${dockerfile}`);
	}

	return done;
}

async function tryOne(
	world: World,
	cache: CacheKind,
	dockerfile: string,
	picks: readonly number[],
	print: (line: string) => void,
	add: (mutation: string, result: Awaited<ReturnType<typeof runScenario>>) => readonly Mismatch[],
): Promise<readonly Mismatch[]> {
	const one = matrixCase('random', dockerfile, read);
	const exported = await exportCase(world, one, cache);
	if (exported.kind === 'failed') {
		// Random text need not build, but then the plan's word on it is of no interest either.
		print(`no build: ${exported.message.split('\n', 1)[0]}`);
		return [];
	}

	const all = mutationsOf(one);
	const found: Mismatch[] = [];
	for (const pick of picks) {
		// One that does not apply is replaced by the next that does.
		for (let at = pick; at < pick + TRIES; at++) {
			const mutation = all[at % all.length];
			const result = mutation === undefined ? undefined : await runScenario(world, one, mutation, exported.place);
			if (mutation !== undefined && result !== undefined && result.kind !== 'inapplicable') {
				found.push(...add(mutation.name, result));
				break;
			}
		}
	}

	return found;
}
