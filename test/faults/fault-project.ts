import {spawn} from 'node:child_process';
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {RunResult} from '../engine/processes.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {programFile} from '../helpers/project.ts';
import {type RegistryProxy, startRegistryProxy} from '../helpers/registry-proxy.ts';
import {runCli} from '../helpers/run-cli.ts';
import {directBuildx} from '../matrix/engines.ts';

/** A project that is built into caches while something goes wrong, and the engine's registry behind a proxy. */
export interface FaultProject {
	readonly engine: TestEngine;
	/** The image that it builds on. */
	readonly base: string;
	readonly dir: string;
	/** What a build puts into TMPDIR. */
	readonly temporary: string;
	readonly proxy: RegistryProxy;
	/** The environment of a build. */
	readonly env: Readonly<Record<string, string>>;
	/** Changes what both steps are made of; the second one's layer has 400 kB of noise, then `command` is run. */
	edit(word: string, command?: string): Promise<void>;
	/** The same project with another word, in a folder of its own. */
	twin(word: string): Promise<string>;
	/** `cachecast build` of the project as it is. */
	build(...flags: readonly string[]): Promise<RunResult>;
	/** The same, with more laid over the environment. */
	buildWith(more: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<RunResult>;
	/** The same, with `context` for the folder, begun: for what happens meanwhile. */
	begin(context: string, ...flags: readonly string[]): BegunBuild;
	/** The forecasts of the steps of the project as it is, with one cache: `hit hit`; or what was said instead. */
	forecast(cache: string): Promise<string>;
	/**
	 * Which words a cache holds all steps of, `old` and then `new`; `damaged` where `cachecast cache verify` finds it so.
	 * Leaves the project with the new word.
	 */
	holds(cache: string, words: {readonly old: string; readonly new: string}): Promise<string>;
	/** What builds have left: in their temporary folder, and in a local cache beside what belongs there. */
	leftovers(cacheDir?: string): Promise<readonly string[]>;
	stop(): Promise<void>;
}

/** A build that goes on. */
export interface BegunBuild {
	readonly pid: number;
	/** Resolves when standard error has said it; rejects when the build ends without. */
	said(text: string): Promise<void>;
	readonly ended: Promise<RunResult & {readonly signal: NodeJS.Signals | null}>;
}

/** Starts on an image of the engine's registry. */
export async function startFaultProject(engine: TestEngine, base: string): Promise<FaultProject> {
	const root = await mkdtemp(path.join(os.tmpdir(), 'cachecast-faults-'));
	const dir = path.join(root, 'project');
	const temporary = path.join(root, 'tmp');
	await Promise.all([mkdir(dir), mkdir(temporary)]);
	const proxy = await startRegistryProxy(engine.registry);
	const env = {
		...engine.env,
		PATH: await directBuildx(engine),
		TMPDIR: temporary,
		CACHECAST_CACHE_DIR: path.join(root, 'store'),
	};
	const write = async (folder: string, word: string, command = 'true'): Promise<void> => {
		await writeFile(path.join(folder, 'word.txt'), word, {mode: 0o644});
		const run = `head -c 400000 /dev/urandom > /noise && ${command}`;
		await writeFile(path.join(folder, 'Dockerfile'), `FROM ${base}\nCOPY word.txt /\nRUN ${run}\n`);
	};
	const edit = (word: string, command?: string): Promise<void> => write(dir, word, command);
	const forecast = async (cache: string): Promise<string> => {
		const {stdout, stderr} = await runInProcess(['plan', `--cache-from=${cache}`, '--format=json', '.'], dir);
		return stdout === '' ? stderr : stepsOf(JSON.parse(stdout)).join(' ');
	};
	return {
		engine,
		base,
		dir,
		temporary,
		proxy,
		env,
		edit,
		async twin(word) {
			const folder = await mkdtemp(path.join(root, 'twin-'));
			await write(folder, word);
			return folder;
		},
		build: (...flags) => runCli(['build', ...flags, '.'], {cwd: dir, env}),
		buildWith: (more, ...flags) => runCli(['build', ...flags, '.'], {cwd: dir, env: {...env, ...more}}),
		begin: (context, ...flags) => beginBuild(['build', ...flags, '.'], context, env),
		forecast,
		async holds(cache, words) {
			const held: string[] = [];
			for (const state of ['old', 'new'] as const) {
				await edit(words[state]);
				held.push(...((await forecast(cache)) === 'hit hit' ? [state] : []));
			}

			const {exitCode} = await runInProcess(['cache', 'verify', `--cache=${cache}`], dir);
			return [...held, ...(exitCode === 0 ? [] : ['damaged'])].join(' ');
		},
		async leftovers(cacheDir) {
			const own = ['blobs', 'index.json', 'oci-layout'];
			const inCache = cacheDir === undefined ? [] : await readdir(cacheDir);
			return [...(await readdir(temporary)), ...inCache.filter(name => !own.includes(name))];
		},
		async stop() {
			await proxy.stop();
			await rm(root, {recursive: true, force: true});
		},
	};
}

interface PlanJson {
	readonly stages: readonly {readonly steps: readonly {readonly forecast: string}[]}[];
}

function stepsOf({stages}: PlanJson): readonly string[] {
	return stages.flatMap(({steps}) => steps.map(step => step.forecast)).filter(forecast => forecast !== 'none');
}

function beginBuild(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): BegunBuild {
	const child = spawn(process.execPath, [programFile, ...args], {cwd, env: {...process.env, ...env}});
	const output = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
		});
	}

	const ended = new Promise<RunResult & {readonly signal: NodeJS.Signals | null}>(resolve => {
		child.on('close', (exitCode, signal) => resolve({exitCode: exitCode ?? -1, signal, ...output}));
	});
	return {
		pid: child.pid ?? 0,
		ended,
		said: text =>
			new Promise((resolve, reject) => {
				const look = (): void => {
					if (output.stderr.includes(text)) {
						resolve();
					}
				};
				child.stderr.on('data', look);
				ended.then(() => reject(new Error(`the build did not say "${text}": ${output.stderr}`)));
				look();
			}),
	};
}
