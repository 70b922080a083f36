import {randomUUID} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {wipe} from '../engine/buildx.ts';
import {killEngine, restartEngine} from '../engine/private-engine.ts';
import {processesOf, run, signal, waitFor} from '../engine/processes.ts';
import {crash, expectations, type FaultCase, newWords} from './fault-case.ts';
import type {BegunBuild, FaultProject} from './fault-project.ts';

/** Faults in the middle of a build: who is told to end, and what is said then. */
const endings: readonly (readonly [
	name: string,
	end: (project: FaultProject, begun: BegunBuild) => Promise<void>,
	exitCode: number,
	says: RegExp,
	isQuick: boolean,
])[] = [
	[
		'SIGINT',
		async (_, {pid}) => void process.kill(pid, 'SIGINT'),
		130,
		/\ninterrupted caches are as they were\n$/,
		true,
	],
	[
		'SIGTERM',
		async (_, {pid}) => void process.kill(pid, 'SIGTERM'),
		130,
		/\ninterrupted caches are as they were\n$/,
		false,
	],
	['buildx killed', killBuildx, 1, /was ended by SIGKILL|signal: killed|gave no reason/, true],
	[
		'engine killed',
		({engine}) => killEngine(engine),
		1,
		/\nerror the engine went away: .*caches are as they were/s,
		false,
	],
];

export const processCases: readonly FaultCase[] = [
	...endings.map(
		([name, end, exitCode, says, isQuick]): FaultCase => ({
			name: `in the middle of a build: ${name}`,
			isQuick,
			run: project => endBuild(project, end, exitCode, says),
		}),
	),
	{name: 'disk full while a local cache is exported', isQuick: true, run: fillDisk},
	{name: 'two jobs export to one place at once: registry', isQuick: true, run: project => race(project, false)},
	{name: 'two jobs export to one place at once: folder', isQuick: false, run: project => race(project, true)},
];

async function endBuild(
	project: FaultProject,
	end: (project: FaultProject, begun: BegunBuild) => Promise<void>,
	exitCode: number,
	says: RegExp,
): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const dir = await mkdtemp(path.join(path.dirname(project.dir), 'cache-'));
	const cache = `type=local,dest=${dir}`;
	const words = newWords();
	await project.edit(words.old);
	equal('first build', (await project.build(`--cache-to=${cache}`)).exitCode, 0);
	// The command line of its shell, which stays, names the word as if it were a folder.
	await project.edit(words.new, `: ${words.new}/ && sleep 120; true`);
	const begun = project.begin(project.dir, `--cache-from=type=local,src=${dir}`, `--cache-to=${cache}`);
	const running = await waitFor(20, async () => ((await processesOf(words.new)).length > 0 ? true : undefined));
	equal('the step runs', running, true);
	await end(project, begun);
	const ended = await begun.ended;
	equal('exit code', [ended.exitCode, ended.signal], [exitCode, null]);
	matches('said', ended.stderr, says);
	equal('crash', crash.test(ended.stderr), false);
	equal('processes of the build', await processesOf(path.dirname(project.dir)), []);
	const gone = await waitFor(10, async () => ((await processesOf(words.new)).length === 0 ? true : undefined));
	equal('the step has ended', gone, true);
	equal('left', await project.leftovers(dir), []);
	if (exitCode !== 130 && !(await isUp(project))) {
		equal('the engine comes up again', await restartEngine(project.engine), true);
	}

	equal('the cache holds', await project.holds(`type=local,src=${dir}`, words), 'old');
	equal(
		'the next build',
		(await project.build(`--cache-from=type=local,src=${dir}`, `--cache-to=${cache}`)).exitCode,
		0,
	);
	equal('the cache holds then', await project.holds(`type=local,src=${dir}`, words), 'new');
	return wrong;
}

async function isUp({engine}: FaultProject): Promise<boolean> {
	return (await run(engine.docker, ['version'], {env: engine.env})).exitCode === 0;
}

async function killBuildx({dir}: FaultProject): Promise<void> {
	signal(await processesOf(path.dirname(dir), ({commandLine}) => commandLine.includes('buildx build')), 'SIGKILL');
}

async function fillDisk(project: FaultProject): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const disk = await mkdtemp(path.join(os.tmpdir(), 'cachecast-disk-'));
	const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', disk]);
	equal('a disk of 2 MB', mounted.stderr, '');
	try {
		const dir = path.join(disk, 'cache');
		const words = newWords();
		await project.edit(words.old);
		equal('first build', (await project.build(`--cache-to=type=local,dest=${dir}`)).exitCode, 0);
		await run('sh', ['-c', 'head -c 2000000 /dev/zero > filler'], {cwd: disk});
		await project.edit(words.new);
		const {exitCode, stderr} = await project.build(
			`--cache-from=type=local,src=${dir}`,
			`--cache-to=type=local,dest=${dir}`,
		);
		equal('exit code', exitCode, 1);
		matches('said', stderr, /no space left on device/i);
		equal('crash', crash.test(stderr), false);
		equal('left', await project.leftovers(dir), []);
		equal('the cache holds', await project.holds(`type=local,src=${dir}`, words), 'old');
	} finally {
		await run('umount', [disk]);
		await rm(disk, {recursive: true, force: true});
	}

	return wrong;
}

async function race(project: FaultProject, isLocal: boolean): Promise<readonly string[]> {
	const {equal, wrong} = expectations();
	const dir = await mkdtemp(path.join(path.dirname(project.dir), 'cache-'));
	const ref = `type=registry,ref=${project.engine.registry}/faults/${randomUUID()}:cache`;
	const words = newWords();
	const contexts = await Promise.all([project.twin(words.old), project.twin(words.new)]);
	const to = isLocal ? `type=local,dest=${dir}` : ref;
	const jobs = await Promise.all(contexts.map(context => project.begin(context, `--cache-to=${to}`).ended));
	equal(
		'exit codes',
		jobs.map(({exitCode}) => exitCode),
		[0, 0],
	);
	const held = await project.holds(isLocal ? `type=local,src=${dir}` : ref, words);
	equal('the cache holds one of both', ['old', 'new'].includes(held) || held, true);
	equal('left', await project.leftovers(isLocal ? dir : undefined), []);
	await wipe(project.engine);
	return wrong;
}
