import {cp, mkdir} from 'node:fs/promises';
import path from 'node:path';
import {docker} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {corpusDockerfiles} from '../fuzz/samples.ts';
import {projectRoot, publishedProgram} from '../helpers/project.ts';
import type {BenchCommand} from './measure.ts';
import {makeFiles, makeRecords, makeStages} from './trees.ts';

/** What is measured side by side, and which figures of it are goals. */
export interface Scene {
	readonly name: string;
	/** Makes what it needs in an empty folder. `engine`: absent where there is none. */
	prepare(dir: string, engine: TestEngine | undefined): Promise<readonly BenchCommand[]>;
	readonly ratios: readonly Ratio[];
}

/** The median of one command over that of another of the same scene. */
export interface Ratio {
	readonly of: string;
	readonly to: string;
	/** What we want it to be at most. */
	readonly goal?: number;
}

const bareNode = (cwd: string): BenchCommand => ({
	name: 'node -e 0',
	command: process.execPath,
	args: ['-e', '0'],
	cwd,
});

function cachecast(name: string, cwd: string, args: readonly string[], store: string): BenchCommand {
	const env = {CACHECAST_CACHE_DIR: path.join(store, 'store')};
	return {name, command: process.execPath, args: [publishedProgram, ...args], cwd, env};
}

function script(name: string, file: string): BenchCommand {
	const compiled = path.join(projectRoot, 'dist/test/bench', file);
	return {name, command: process.execPath, args: [compiled], cwd: projectRoot, printsTime: true};
}

function shell(name: string, cwd: string, text: string): BenchCommand {
	return {name, command: 'sh', args: ['-c', text], cwd};
}

const plan = ['plan', '--engine', 'none'];
const hashAll = 'find . -name .git -prune -o -type f -print0 | xargs -0 -n 500 -P 2 sha256sum > /dev/null';

/** All that `npm run bench` measures. */
export const scenes: readonly Scene[] = [
	{
		name: '20,000 files, 280 MB',
		async prepare(dir, engine) {
			const tree = path.join(dir, 'tree');
			await mkdir(tree);
			await makeFiles(tree, 20_000, 14_000, true);
			const build = ['buildx', 'build', '--quiet', '--output', 'type=cacheonly', '.'];
			if (engine !== undefined) {
				await docker(engine, build, {cwd: tree});
			}

			return [
				cachecast('plan, warm', tree, plan, dir),
				cachecast('plan, cold', tree, [...plan, '--no-index'], dir),
				...(engine === undefined
					? []
					: [{name: 'buildx build, all cached', command: engine.docker, args: build, cwd: tree, env: engine.env}]),
				shell('git status', tree, 'git status > /dev/null'),
				shell('find -printf', tree, "find . -printf '%s %p\\n' > /dev/null"),
				shell('sha256sum -P2', tree, hashAll),
			];
		},
		ratios: [
			{of: 'plan, warm', to: 'buildx build, all cached', goal: 0.15},
			{of: 'plan, warm', to: 'git status', goal: 2},
			{of: 'plan, warm', to: 'find -printf'},
			{of: 'plan, cold', to: 'sha256sum -P2', goal: 1.2},
		],
	},
	{
		name: '200,000 files and 20,000 of 1 kB',
		async prepare(dir) {
			const [few, many] = [path.join(dir, 'few'), path.join(dir, 'many')];
			await mkdir(few);
			await mkdir(many);
			await makeFiles(few, 20_000, 1000);
			await makeFiles(many, 200_000, 1000);
			return [
				cachecast('20k warm', few, plan, dir),
				cachecast('200k warm', many, plan, dir),
				cachecast('20k cold', few, [...plan, '--no-index'], dir),
				cachecast('200k cold', many, [...plan, '--no-index'], dir),
			];
		},
		ratios: [
			{of: '200k warm', to: '20k warm', goal: 10.5},
			{of: '200k cold', to: '20k cold', goal: 10.5},
		],
	},
	{
		name: '20 files of 100 MB',
		async prepare(dir) {
			const tree = path.join(dir, 'tree');
			await mkdir(tree);
			await makeFiles(tree, 20, 100_000_000);
			return [
				cachecast('plan, warm', tree, plan, dir),
				cachecast('plan, cold', tree, [...plan, '--no-index'], dir),
				shell('sha256sum -P2', tree, hashAll.replace('-n 500', '-n 1')),
			];
		},
		ratios: [{of: 'plan, cold', to: 'sha256sum -P2', goal: 1.2}],
	},
	{
		name: 'Small and large Dockerfiles',
		async prepare(dir) {
			const sample = path.join(dir, 'sample');
			await cp(path.join(projectRoot, 'samples/static-binary'), sample, {recursive: true});
			await makeStages(path.join(dir, 'one'), 1, 2);
			await makeStages(path.join(dir, 'lines'), 1, 500);
			await makeStages(path.join(dir, 'stages'), 10_000, 2);
			await makeStages(path.join(dir, 'records'), 1, 10);
			await makeRecords(path.join(dir, 'records'), 100_000);
			return [
				bareNode(dir),
				cachecast('plan, a sample', sample, [...plan, '--offline'], dir),
				cachecast('lint, one file', path.join(dir, 'one'), ['lint'], dir),
				cachecast('plan, 500 lines', path.join(dir, 'lines'), plan, dir),
				cachecast('plan, 10,000 stages', path.join(dir, 'stages'), plan, dir),
				cachecast('plan, 100,000 records', path.join(dir, 'records'), plan, dir),
			];
		},
		ratios: [
			{of: 'plan, a sample', to: 'node -e 0', goal: 1.6},
			{of: 'lint, one file', to: 'node -e 0', goal: 1.6},
			{of: 'plan, 500 lines', to: 'node -e 0'},
			{of: 'plan, 10,000 stages', to: 'node -e 0'},
			{of: 'plan, 100,000 records', to: 'node -e 0'},
		],
	},
	{
		name: `The corpus, ${corpusDockerfiles().length} files in one process`,
		prepare: async () => [
			bareNode(projectRoot),
			script('dockerfile-ast alone', 'ast-alone.js'),
			script('parse and graph', 'parse-and-graph.js'),
			script('lint', 'lint-corpus.js'),
		],
		ratios: [
			{of: 'parse and graph', to: 'dockerfile-ast alone'},
			{of: 'lint', to: 'dockerfile-ast alone'},
		],
	},
];
