import {createHash, randomBytes} from 'node:crypto';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {run} from '../engine/processes.ts';

// What `npm run bench` measures on; each tree is made anew, in a folder of the run.

/** Files of random bytes, a hundred to a folder, under `src`; all of it in a git repository where `git` is asked for. */
export async function makeFiles(dir: string, count: number, bytes: number, git = false): Promise<void> {
	for (let first = 0; first < count; first += 100) {
		const folder = path.join(dir, 'src', `p${Math.floor(first / 2000)}`, `d${first / 100}`);
		await mkdir(folder, {recursive: true});
		for (let place = first; place < Math.min(first + 100, count); place++) {
			await writeFile(path.join(folder, `f${place}.txt`), randomBytes(bytes));
		}
	}

	await writeFile(path.join(dir, 'Dockerfile'), 'FROM scratch\nCOPY src /src\nCOPY . /all\n');
	if (git) {
		const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
		// Its own housekeeping would go on in the background of what is measured.
		const quiet = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];
		for (const args of [
			['init', '-q', '.'],
			['add', '-A'],
			['commit', '-qm', 'all'],
		]) {
			await run('git', [...identity, ...quiet, ...args], {cwd: dir});
		}

		await writeFile(path.join(dir, '.dockerignore'), '.git\n');
	}
}

/** A Dockerfile of so many stages, each a copy of the one before, and of so many lines in each. */
export async function makeStages(dir: string, stages: number, lines: number): Promise<void> {
	await mkdir(dir, {recursive: true});
	await writeFile(path.join(dir, 'a.txt'), 'a\n');
	const text = Array.from({length: stages}, (_, stage) => [
		`FROM ${stage === 0 ? 'scratch' : `s${stage - 1}`} AS s${stage}`,
		'COPY a.txt /',
		...Array.from({length: lines - 2}, (_, line) => `RUN echo ${stage} ${line}`),
	]);
	await writeFile(path.join(dir, 'Dockerfile'), `${text.flat().join('\n')}\n`);
}

/** A local cache of so many records that no step has, each linked to the one before, in the default place. */
export async function makeRecords(dir: string, records: number): Promise<void> {
	const cache = path.join(dir, '.cachecast', 'cache');
	const blobs = path.join(cache, 'blobs', 'sha256');
	await mkdir(blobs, {recursive: true});
	const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
	const put = async (text: string) => {
		const digest = digestOf(text);
		await writeFile(path.join(blobs, digest), text);
		return {digest: `sha256:${digest}`, size: Buffer.byteLength(text)};
	};
	const config = await put(
		JSON.stringify({
			layers: [],
			records: Array.from({length: records}, (_, place) => ({
				digest: `sha256:${digestOf(`record ${place}`)}`,
				...(place > 0 && {inputs: [[{link: place - 1}]]}),
			})),
		}),
	);
	const manifest = await put(
		JSON.stringify({
			schemaVersion: 2,
			mediaType: 'application/vnd.oci.image.manifest.v1+json',
			config: {mediaType: 'application/vnd.buildkit.cacheconfig.v0', ...config},
			layers: [],
		}),
	);
	await writeFile(path.join(cache, 'oci-layout'), JSON.stringify({imageLayoutVersion: '1.0.0'}));
	await writeFile(
		path.join(cache, 'index.json'),
		JSON.stringify({
			schemaVersion: 2,
			manifests: [
				{
					mediaType: 'application/vnd.oci.image.manifest.v1+json',
					...manifest,
					annotations: {'org.opencontainers.image.ref.name': 'latest'},
				},
			],
		}),
	);
}
