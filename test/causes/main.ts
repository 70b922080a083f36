// Builds changes whose causes are known: `npm run causes`. A project is built and its cache exported; then each change is
// planned against that cache, and against the commit (`--since`), and built on an emptied engine. What was to miss, or to be
// rebuilt, must run; what was to hit, or to be the same, must not; and the cause must be the right one. Exits 1 otherwise.
import {cpSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {makeBaseImage} from '../engine/base-image.ts';
import {wipe} from '../engine/buildx.ts';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {commitAll} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {writeTree} from '../helpers/temporary-tree.ts';
import {compareSteps, type Told} from './compare-steps.ts';
import {type Mutation, mutations, projectFiles} from './mutations.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'cachecast-causes-'));
const start = await findOrStartEngine();
if (start.kind === 'unavailable') {
	process.stderr.write(`${start.reason}\n`);
	process.exit(2);
}

const told: Told = {right: 0, open: 0, problems: []};
try {
	await proveAll(start.engine);
} finally {
	await stopFolder(path.dirname(start.engine.folder), start.engine.programs.tools);
	rmSync(root, {recursive: true, force: true});
}

process.stdout.write(
	`${mutations.length} changes: ${told.right} forecasts right, ${told.open} unknown, ${told.problems.length} wrong\n${told.problems.map(problem => `${problem}\n`).join('')}`,
);
process.exitCode = told.problems.length === 0 ? 0 : 1;

async function proveAll(engine: TestEngine): Promise<void> {
	const files = {'/one': 'one\n'};
	const {reference} = await makeBaseImage(engine, 'causes-base', {files});
	const before = path.join(root, 'before');
	mkdirSync(before);
	writeTree(before, projectFiles(reference));
	commitAll(before, 'before', true);
	await run(engine, before, ['build', '--cache-to', 'type=local,dest=../cache,mode=max']);
	for (const mutation of mutations) {
		if (mutation.movesBase === true) {
			await makeBaseImage(engine, 'causes-base', {files, lines: ['COPY busybox /two']});
		}

		await prove(engine, before, mutation);
	}
}

async function prove(engine: TestEngine, before: string, mutation: Mutation): Promise<void> {
	const dir = path.join(root, 'after');
	rmSync(dir, {recursive: true, force: true});
	cpSync(before, dir, {recursive: true, verbatimSymlinks: true});
	mutation.apply(dir);
	await wipe(engine);
	const args = [...(mutation.args ?? []), '--format=json'];
	const from = ['--cache-from', 'type=local,src=../cache'];
	const plan = await run(engine, dir, ['plan', ...from, ...args]);
	const isOfGit = mutation.args === undefined && mutation.movesBase !== true;
	const since = isOfGit ? await run(engine, dir, ['plan', '--since=HEAD', ...args]) : undefined;
	const to = ['--cache-to', 'type=local,dest=../other,mode=max'];
	// What the cache holds wholly would not be built otherwise.
	const built = await run(engine, dir, ['build', '--strict', ...from, ...to, ...args]);
	const problems = compareSteps({plan, since, built}, mutation, told);
	told.problems.push(...problems.map(problem => `${mutation.name}: ${problem}`));
	process.stdout.write(`${problems.length === 0 ? 'right' : 'WRONG'} ${mutation.name}\n`);
}

async function run(engine: TestEngine, dir: string, args: readonly string[]): Promise<unknown> {
	const inherited = {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? ''};
	const {exitCode, stdout, stderr} = await runInProcess(args, dir, {...inherited, ...engine.env});
	if (exitCode !== 0 && !args.includes('--strict')) {
		throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
	}

	return args.includes('--format=json') ? JSON.parse(stdout) : undefined;
}
