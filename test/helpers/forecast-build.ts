import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {environment, runInProcess} from './in-process.ts';
import {engineOf, type OwnEngine} from './own-engine.ts';

interface Step {
	readonly line: number;
	readonly forecast: string;
	readonly actual: string;
}

/** By line of the Dockerfile, `FORECAST ACTUAL`: `hit cached`, `miss ran`. */
export type Forecasts = Readonly<Record<number, string>>;

/** What a build has besides its Dockerfile. */
export interface BuildInput {
	readonly flags?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** Puts files into the context. */
	readonly prepare?: (dir: string) => Promise<void> | void;
}

/** Forecasts and builds once on an emptied engine, on the test's cache, and compares. FROM of the test's base is line 1. */
export type Build = (what: string, dockerfile: string, input: BuildInput, expected: Forecasts) => Promise<void>;

/** The builder of one test, with a cache of its own; `undefined` without an engine. */
export function builderOf<T extends OwnEngine>(t: ExecutionContext<T>): Build | undefined {
	const engine = engineOf(t);
	const {base} = t.context;
	const cache = `type=registry,ref=${engine?.registry}/${t.title.replace(/\W+/g, '-').toLowerCase()}:main`;
	return engine === undefined
		? undefined
		: async (what, dockerfile, {flags = [], env = {}, prepare}, expected) => {
				const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-build-'));
				try {
					await writeFile(path.join(cwd, 'Dockerfile'), `FROM ${base}\n${dockerfile}`);
					await prepare?.(cwd);
					await wipe(engine);
					const args = [
						'build',
						`--cache-from=${cache}`,
						`--cache-to=${cache}`,
						'--format=json',
						'--strict',
						...flags,
						'.',
					];
					const result = await runInProcess(args, cwd, {...environment, ...engine.env, ...env});
					t.is(result.exitCode, 0, `${what}: ${result.stderr}\n${result.stdout}`);
					const {steps} = JSON.parse(result.stdout) as {readonly steps: readonly Step[]};
					const actual = steps.map(step => [step.line, `${step.forecast} ${step.actual}`]);
					t.deepEqual(Object.fromEntries(actual), expected, what);
				} finally {
					await rm(cwd, {recursive: true, force: true});
				}
			};
}
