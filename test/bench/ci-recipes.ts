import {existsSync} from 'node:fs';
import {readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {docker} from '../engine/buildx.ts';
import {type RunResult, run} from '../engine/processes.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {publishedProgram} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

/** What one CI job has at hand. */
export interface Job {
	readonly engine: TestEngine;
	/** The checkout. */
	readonly dir: string;
	/** `HOST:PORT/NAME` of a repository of its own. */
	readonly repository: string;
	/** The file that the CI's own cache brings and takes. */
	readonly archive: string;
}

/** One way of keeping layers between machines. It restores, builds all stages and keeps them. */
export interface Recipe {
	readonly name: string;
	/** Resolves to the bytes that the CI's file cache moved, either way. */
	run(job: Job): Promise<number>;
}

const stages = ['deps', 'build', 'test', 'runtime'];

/** Recipes as they are known, each alone on its machine. */
export const knownRecipes: readonly Recipe[] = [
	{
		name: '(a) docker load, build, save | gzip',
		async run({engine, dir, repository, archive}) {
			const restored = await size(archive);
			if (restored > 0) {
				await shell(engine, dir, `gunzip --stdout '${archive}' | docker load`);
			}

			await buildStages(engine, dir, repository);
			const images = stages.map(stage => `${repository}:${stage}`).join(' ');
			await shell(engine, dir, `docker save ${images} | gzip > '${archive}.new' && mv '${archive}.new' '${archive}'`);
			return restored + (await size(archive));
		},
	},
	{
		name: '(b) pull all, build, push all',
		async run({engine, dir, repository}) {
			for (const stage of stages) {
				await docker(engine, ['pull', '--quiet', `${repository}:${stage}`]);
			}

			await buildStages(engine, dir, repository);
			for (const stage of stages) {
				await inDocker(engine, dir, ['push', '--quiet', `${repository}:${stage}`]);
			}

			return 0;
		},
	},
	{
		name: '(c) buildx, type=registry,mode=max',
		async run({engine, dir, repository}) {
			// Two targets, for the image does not need the tests; to one place the second would replace the first.
			for (const target of ['test', 'runtime']) {
				const ref = `type=registry,ref=${repository}:${target}`;
				await inDocker(engine, dir, [
					...['buildx', 'build', '--target', target, '--cache-from', ref, '--cache-to', `${ref},mode=max`],
					...['--output', 'type=cacheonly', '.'],
				]);
			}

			return 0;
		},
	},
];

/** The same work done by cachecast. */
export const ownRecipes: readonly Recipe[] = [
	{
		name: 'cachecast type=registry',
		async run(job) {
			await cachecast(job, `type=registry,ref=${job.repository}:cache`);
			return 0;
		},
	},
	{
		name: 'cachecast type=stages',
		async run(job) {
			await cachecast(job, `type=stages,ref=${job.repository}:cache`);
			return 0;
		},
	},
	{
		name: 'cachecast type=local in a file cache',
		async run(job) {
			const folder = path.join(job.dir, '.cachecast/cache');
			await rm(folder, {recursive: true, force: true});
			const restored = await size(job.archive);
			if (restored > 0) {
				await own(job, ['cache', 'load', job.archive]);
			}

			await cachecast(job);
			// A CI keeps a file cache under a key, and saves only under a new one.
			const {stdout: key} = await own(job, ['key']);
			const keyFile = `${job.archive}.key`;
			if (key === (await readFile(keyFile, 'utf8').catch(() => ''))) {
				return restored;
			}

			await own(job, ['cache', 'save', job.archive]);
			await writeFile(keyFile, key);
			return restored + (await size(job.archive));
		},
	},
];

// Inline cache is the one that an image keeps, loaded or pulled.
async function buildStages(engine: TestEngine, dir: string, repository: string): Promise<void> {
	const from = stages.flatMap(stage => ['--cache-from', `${repository}:${stage}`]);
	for (const stage of stages) {
		const tag = `${repository}:${stage}`;
		const inline = ['--build-arg', 'BUILDKIT_INLINE_CACHE=1', '--load'];
		await inDocker(engine, dir, ['buildx', 'build', '--target', stage, '--tag', tag, ...inline, ...from, '.']);
	}
}

async function cachecast(job: Job, place?: string): Promise<void> {
	const cache = place === undefined ? [] : ['--cache-from', place, '--cache-to', place];
	await own(job, ['build', ...cache, '.']);
}

function own({engine, dir}: Job, args: readonly string[]): Promise<RunResult> {
	return checked(runCli(args, {cwd: dir, env: engine.env, program: publishedProgram}));
}

async function inDocker(engine: TestEngine, cwd: string, args: readonly string[]): Promise<void> {
	await checked(docker(engine, args, {cwd}));
}

async function shell(engine: TestEngine, cwd: string, script: string): Promise<void> {
	const folder = path.dirname(engine.docker);
	const env = {...engine.env, PATH: `${folder}${path.delimiter}${engine.env['PATH'] ?? process.env['PATH'] ?? ''}`};
	await checked(run('/bin/bash', ['-o', 'pipefail', '-c', script], {cwd, env}));
}

async function checked(running: Promise<RunResult>): Promise<RunResult> {
	const result = await running;
	if (result.exitCode !== 0) {
		throw new Error(`a recipe failed: ${result.stderr}${result.stdout}`);
	}

	return result;
}

async function size(file: string): Promise<number> {
	return existsSync(file) ? (await stat(file)).size : 0;
}
