import {mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {type RunResult, run} from './processes.ts';
import {type SourcesFile, sourcesForSuite} from './sources.ts';

export type Unpacked =
	/** The packages' files, below `root`. */
	{readonly kind: 'unpacked'; readonly root: string} | {readonly kind: 'failed'; readonly reason: string};

/** `VERSION_CODENAME` of this machine when it is Debian. */
export async function debianCodename(): Promise<string | undefined> {
	const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
	return /^ID="?debian"?$/m.test(text)
		? /^VERSION_CODENAME="?(?<name>[a-z]+)/m.exec(text)?.groups?.['name']
		: undefined;
}

/**
 * Debian packages of any suite, unpacked into a folder of their own: nothing is installed, and apt's own lists and
 * locks are not touched. The folder lies outside the project and serves later runs; two runs that fill it at the same
 * time each fill their own, and the first to finish wins. With dependencies: those that this machine does not have.
 */
export async function unpackPackages(
	suite: string,
	name: string,
	packages: readonly string[],
	{withDependencies = false}: {readonly withDependencies?: boolean} = {},
): Promise<Unpacked> {
	const home = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'cachecast-test-engine');
	const root = path.join(home, `${suite}-${name}`);
	if (await exists(root)) {
		return {kind: 'unpacked', root};
	}

	const codename = await debianCodename();
	if (codename === undefined) {
		return {kind: 'failed', reason: 'this machine is not Debian'};
	}
	const sources = sourcesForSuite(await machineSources(), codename, suite);
	if (sources === undefined) {
		return {kind: 'failed', reason: 'the apt sources of this machine offer no Debian archive'};
	}

	await mkdir(home, {recursive: true});
	const work = await mkdtemp(path.join(home, 'filling-'));
	try {
		const failure = await fill(
			work,
			sources,
			withDependencies ? [...download, ...packages] : ['download', ...packages],
		);
		if (failure !== undefined) {
			return {kind: 'failed', reason: `packages of Debian ${suite} cannot be had: ${lastLine(failure.stderr)}`};
		}
		await rename(path.join(work, 'root'), root).catch(async (error: unknown) => {
			if (!(await exists(root))) {
				throw error;
			}
		});
		return {kind: 'unpacked', root};
	} finally {
		await rm(work, {recursive: true, force: true});
	}
}

// What apt itself would install, but only downloaded; its lock is for those who install.
const download = ['-o', 'Debug::NoLocking=1', 'install', '--yes', '--no-install-recommends', '--download-only'];

async function fill(work: string, sources: SourcesFile, get: readonly string[]): Promise<RunResult | undefined> {
	const folders = {parts: path.join(work, 'parts'), lists: path.join(work, 'lists'), cache: path.join(work, 'cache')};
	const root = path.join(work, 'root');
	await Promise.all([...Object.values(folders), root].map(folder => mkdir(folder)));
	await writeFile(path.join(folders.parts, sources.name), sources.text);
	const apt = [
		'Dir::Etc::SourceList=/dev/null',
		`Dir::Etc::SourceParts=${folders.parts}`,
		`Dir::State::Lists=${folders.lists}`,
		`Dir::Cache=${folders.cache}`,
		'Acquire::Languages=none',
		'Acquire::Retries=3',
		'APT::Sandbox::User=root',
		'APT::Update::Error-Mode=any',
	].flatMap(option => ['-o', option]);

	await mkdir(path.join(folders.cache, 'archives', 'partial'), {recursive: true});
	for (const command of [['update'], get]) {
		const result = await run('apt-get', [...apt, ...command], {cwd: folders.cache});
		if (result.exitCode !== 0) {
			return result;
		}
	}

	for (const file of await readdir(folders.cache, {recursive: true})) {
		if (file.endsWith('.deb')) {
			const result = await run('dpkg', ['-x', path.join(folders.cache, file), root]);
			if (result.exitCode !== 0) {
				return result;
			}
		}
	}
	return undefined;
}

async function machineSources(): Promise<readonly SourcesFile[]> {
	const parts = '/etc/apt/sources.list.d';
	const names = (await readdir(parts).catch(() => [])).filter(name => /\.(?:list|sources)$/.test(name));
	const files = ['/etc/apt/sources.list', ...names.sort().map(name => path.join(parts, name))];
	return Promise.all(files.map(async name => ({name, text: await readFile(name, 'utf8').catch(() => '')})));
}

async function exists(file: string): Promise<boolean> {
	return stat(file).then(
		() => true,
		() => false,
	);
}

function lastLine(text: string): string {
	return text.trim().split('\n').at(-1) ?? '';
}
