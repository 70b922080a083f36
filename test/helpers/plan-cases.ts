import {chmod, cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {ExecutionContext, TestFn} from 'ava';
import {runInProcess} from './in-process.ts';
import {projectRoot} from './project.ts';

/** What the tests of one file share. */
export interface PlanContext {
	/** A folder with a copy of the samples, in a git work tree of its own: so the default cache is `.cachecast/cache` here, and empty. */
	readonly home: string;
}

/** Makes the folder of the tests before them, and removes it after. */
export function prepare(test: TestFn<PlanContext>): void {
	test.before(async t => {
		const home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'cachecast-plan-')));
		await mkdir(path.join(home, '.git'));
		await cp(path.join(projectRoot, 'samples'), path.join(home, 'samples'), {recursive: true});
		await fixModes(path.join(home, 'samples'));
		Object.assign(t.context, {home});
	});

	test.after.always(async t => {
		await rm(t.context.home, {recursive: true, force: true});
	});
}

// Modes are part of the content keys, and a checkout's depend on the umask.
async function fixModes(dir: string): Promise<void> {
	for (const entry of await readdir(dir, {withFileTypes: true, recursive: true})) {
		await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
	}
}

/** No colour and nothing else that would change the output, whatever the environment of the tests. */
export const plain = {
	NO_COLOR: '1',
	FORCE_COLOR: '0',
	CACHECAST_DEBUG: '',
	SOURCE_DATE_EPOCH: '',
	// These tests may run there themselves.
	GITHUB_ACTIONS: '',
	DOCKER_DEFAULT_PLATFORM: '',
	// No engine, whatever this machine has.
	DOCKER_HOST: 'unix:///nowhere/docker.sock',
	DOCKER_CONTEXT: '',
	BUILDX_BUILDER: 'default',
};

/** Plans the context `app` without asking a registry. */
export const offline: readonly string[] = ['plan', 'app', '--offline'];

/** What `--format json` prints, as far as tests look at it. */
export interface PlanJson {
	readonly target: string;
	readonly platform: string;
	readonly dialect: {
		readonly since: string;
		readonly until: string | null;
		readonly by: string;
		readonly version: string | null;
	};
	readonly caches: readonly {readonly state: string; readonly reason: string | null}[];
	readonly stages: readonly {
		readonly name: string | null;
		readonly needed: boolean;
		readonly steps: readonly {
			readonly line: number;
			readonly forecast: string;
			readonly key: string | null;
			readonly contentKeys: readonly string[];
			readonly cause: {readonly kind: string} | null;
		}[];
	}[];
	readonly summary: Readonly<Record<string, unknown>>;
}

/** Files of a context called `app`, with what must stand there. */
export type Files = Readonly<Record<string, string>>;

/** One run of the command line. */
export interface Case {
	readonly args: readonly string[];
	readonly files?: Files;
	readonly exitCode: number;
	/** All of stderr. */
	readonly stderr?: string;
	/** A part of stdout. */
	readonly stdout?: string;
}

/** Writes a context `app` with a Dockerfile that copies one file, the given files laid over it, into a folder of its own. */
export async function inFolder<T>(
	t: ExecutionContext<PlanContext>,
	files: Files,
	use: (cwd: string) => Promise<T>,
): Promise<T> {
	const cwd = await mkdtemp(path.join(t.context.home, 'case-'));
	for (const [name, text] of Object.entries({Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': 'a\n', ...files})) {
		const file = path.join(cwd, 'app', name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text, {mode: 0o644});
	}

	return use(cwd);
}

/** Runs one case and compares everything that is printed. */
export async function checkCase(
	t: ExecutionContext<PlanContext>,
	{args, files = {}, exitCode, stderr = '', stdout}: Case,
): Promise<void> {
	await inFolder(t, files, async cwd => {
		const result = await runInProcess(args, cwd, plain);
		t.is(result.stderr, stderr);
		t.is(result.exitCode, exitCode);
		if (stdout === undefined) {
			t.is(result.stdout, '');
		} else {
			t.true(result.stdout.includes(stdout), result.stdout);
		}
	});
}

/** A wrong use of the command line as it is told. */
export function usage(message: string, hint?: string): string {
	return `error ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`;
}
