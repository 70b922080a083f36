import {cp, mkdir, mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {makeBaseImage} from '../engine/base-image.ts';
import {wipe} from '../engine/buildx.ts';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {countBytes} from './byte-counter.ts';
import {makeCiProject, touchSource} from './ci-project.ts';
import {type Job, knownRecipes, ownRecipes, type Recipe} from './ci-recipes.ts';

// `npm run bench:ci`: what a CI job on a fresh machine takes with cachecast, and with the recipes that are known. Each
// recipe builds one project three times, the engine emptied before each: for the first time, with one source file
// changed, and with nothing changed. All recipes take their turn on one engine; bytes are those that pass between the
// machine and the registry, and those of the CI's file cache. Checks nothing.

const rounds = Number(process.argv[2] ?? '1');
const wanted = process.argv.slice(3);
const scenes = ['first', 'changed', 'same'] as const;

const titles = {
	first: 'The first build',
	changed: 'A fresh machine, one source file changed',
	same: 'A fresh machine, nothing changed',
};

interface Cost {
	readonly seconds: number;
	readonly bytes: number;
}

const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

const start = await findOrStartEngine('private');
if (start.kind === 'unavailable') {
	throw new Error(start.reason);
}

const {engine} = start;
const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-bench-'));
try {
	await bench(engine);
} finally {
	await rm(folder, {recursive: true, force: true});
	await stopFolder(path.dirname(engine.folder), engine.programs.tools);
}

async function bench(on: TestEngine): Promise<void> {
	print(`Docker ${on.versions.engine}, buildx ${on.versions.buildx}; ${rounds} rounds`);
	const counter = await countBytes(on.registry);
	const {reference} = await makeBaseImage(on, 'bench-base');
	const base = reference.replace(on.registry, counter.address);
	const recipes = [...knownRecipes, ...ownRecipes].filter(
		({name}) => wanted.length === 0 || wanted.some(one => name.includes(one)),
	);
	const costs = new Map<string, Cost[]>();
	for (let round = 0; round < rounds; round++) {
		const project = path.join(folder, `project-${round}`);
		await makeCiProject(project, base);
		for (const [index, recipe] of recipes.entries()) {
			const dir = path.join(folder, 'checkout');
			await mkdir(dir);
			await cp(project, dir, {recursive: true});
			const repository = `${counter.address}/bench-${round}-${index}`;
			const job = {engine: on, dir, repository, archive: path.join(folder, `archive-${round}-${index}`)};
			for (const scene of scenes) {
				if (scene === 'changed') {
					await touchSource(dir);
				}

				const cost = await measure(recipe, job, () => counter.take());
				const key = `${recipe.name}\0${scene}`;
				costs.set(key, [...(costs.get(key) ?? []), cost]);
			}

			await rm(dir, {recursive: true});
		}
	}

	await counter.close();
	for (const scene of scenes) {
		print(`\n${titles[scene]}`);
		print(row('', ['seconds', 'MiB', 'vs (a)', 'vs (c)']));
		const medianOf = (name: string) => median(costs.get(`${name}\0${scene}`) ?? []);
		const [a, , c] = knownRecipes.map(({name}) => medianOf(name));
		for (const {name} of recipes) {
			const {seconds, bytes} = medianOf(name);
			const ratio = (peer: Cost | undefined) =>
				peer === undefined || Number.isNaN(peer.seconds) ? '' : `${(seconds / peer.seconds).toFixed(2)} ×`;
			print(row(name, [seconds.toFixed(1), (bytes / 2 ** 20).toFixed(1), ratio(a), ratio(c)]));
		}
	}
}

async function measure(recipe: Recipe, job: Job, takeBytes: () => number): Promise<Cost> {
	await wipe(job.engine);
	takeBytes();
	const begun = performance.now();
	const inFiles = await recipe.run(job);
	return {seconds: (performance.now() - begun) / 1000, bytes: inFiles + takeBytes()};
}

function median(costs: readonly Cost[]): Cost {
	const middle = (values: readonly number[]) =>
		values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
	return {seconds: middle(costs.map(cost => cost.seconds)), bytes: middle(costs.map(cost => cost.bytes))};
}

function row(name: string, cells: readonly string[]): string {
	return `${name.padEnd(40)}${cells.map(cell => cell.padStart(10)).join('')}`;
}
