import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {makeBaseImage} from '../engine/base-image.ts';
import type {RunResult} from '../engine/processes.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {type RegistryProxy, startRegistryProxy} from '../helpers/registry-proxy.ts';
import {runCli} from '../helpers/run-cli.ts';

/** A project that is built into caches while something goes wrong, and the engine's registry behind a proxy. */
export interface FaultProject {
	readonly engine: TestEngine;
	readonly dir: string;
	/** What a build puts into TMPDIR. */
	readonly temporary: string;
	readonly proxy: RegistryProxy;
	/** The environment of a build. */
	readonly env: Readonly<Record<string, string>>;
	/** Changes what both steps are made of; the second one's layer has 400 kB of noise, then comes `command`. */
	edit(word: string, command?: string): Promise<void>;
	/** `cachecast build` of the project as it is. */
	build(...flags: readonly string[]): Promise<RunResult>;
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

export async function startFaultProject(engine: TestEngine): Promise<FaultProject> {
	const root = await mkdtemp(path.join(os.tmpdir(), 'cachecast-faults-'));
	const dir = path.join(root, 'project');
	const temporary = path.join(root, 'tmp');
	await Promise.all([mkdir(dir), mkdir(temporary)]);
	const {reference} = await makeBaseImage(engine, 'faults-base');
	const proxy = await startRegistryProxy(engine.registry);
	const env = {...engine.env, TMPDIR: temporary, CACHECAST_CACHE_DIR: path.join(root, 'store')};
	const edit = async (word: string, command = 'true'): Promise<void> => {
		await writeFile(path.join(dir, 'word.txt'), word, {mode: 0o644});
		await writeFile(
			path.join(dir, 'Dockerfile'),
			`FROM ${reference}\nCOPY word.txt /\nRUN head -c 400000 /dev/urandom > /noise && ${command}\n`,
		);
	};
	const forecast = async (cache: string): Promise<string> => {
		const {stdout, stderr} = await runInProcess(['plan', `--cache-from=${cache}`, '--format=json', '.'], dir);
		return stdout === '' ? stderr : stepsOf(JSON.parse(stdout)).join(' ');
	};
	return {
		engine,
		dir,
		temporary,
		proxy,
		env,
		edit,
		build: (...flags) => runCli(['build', ...flags, '.'], {cwd: dir, env}),
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
