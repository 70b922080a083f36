import {createWriteStream} from 'node:fs';
import {mkdir, mkdtemp, open, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Readable} from 'node:stream';
import {downloadCache, loadArchive, parseSize, saveArchive, uploadArchive} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {formatBytes} from '../render/amounts.ts';
import {atPlace, failsAt, isCache, type PlaceFlags} from './cache-place.ts';
import type {CommandContext} from './command-context.ts';

export interface LoadFlags extends PlaceFlags {
	readonly maxSize: string;
}

/** `cachecast cache save`: writes a cache as one archive, to a file or to standard output. */
export async function runCacheSave(
	file: string,
	folder: string | undefined,
	flags: PlaceFlags,
	command: CommandContext,
): Promise<number> {
	if (file === '-' && process.stdout.isTTY === true) {
		return command.fail({message: 'an archive is not for a terminal', hint: 'name a file, or redirect the output'});
	}

	const signal = command.interruptSignal();
	const save = async (dir: string): Promise<number> => {
		const saved = await (file === '-'
			? saveArchive(dir, process.stdout, signal)
			: saveToFile(dir, path.resolve(command.cwd, file), signal));
		command.talk.say(`saved ${saved.blobs} blobs, ${formatBytes(saved.bytes)}\n`);
		return exitCode.ok;
	};
	return atPlace(
		folder,
		flags,
		command,
		async (place, access) => {
			if (place.kind === 'folder') {
				return (await isCache(place.dir)) ? save(place.dir) : failsAt(command, place, 'there is no cache');
			}

			return inTemporaryFolder(async dir => {
				await downloadCache(place.spec, access, dir);
				return save(dir);
			});
		},
		signal,
	);
}

/** `cachecast cache load`: makes a cache what an archive holds. */
export async function runCacheLoad(
	file: string,
	folder: string | undefined,
	flags: LoadFlags,
	command: CommandContext,
): Promise<number> {
	const maxBytes = parseSize(flags.maxSize);
	if (maxBytes === undefined) {
		return command.fail({message: `--max-size "${flags.maxSize}" is no size`, hint: 'write it as 20GB'});
	}

	const signal = command.interruptSignal();
	return atPlace(
		folder,
		flags,
		command,
		async (place, {client, writer}) => {
			const openInput = async (): Promise<Readable> =>
				file === '-' ? process.stdin : openFile(path.resolve(command.cwd, file));
			if (place.kind === 'folder') {
				const input = await openInput();
				await mkdir(place.dir, {recursive: true});
				const {added, removed} = await loadArchive(input, place.dir, maxBytes, signal);
				command.talk.say(`loaded ${formatBytes(added)}, removed ${formatBytes(removed)}\n`);
				return exitCode.ok;
			}

			if (writer === undefined) {
				return command.fail({message: 'an archive is loaded by asking the registry', hint: 'leave --offline out'});
			}

			const input = await openInput();
			return inTemporaryFolder(async dir => {
				const upload = await uploadArchive(input, place.spec, {client, writer}, {dir, maxBytes, signal});
				const {blobs, bytes, wereThere, tags} = upload;
				command.streams.err(
					`sent ${blobs} blobs, ${formatBytes(bytes)}; ${wereThere} were there; tags: ${tags.join(', ')}\n`,
				);
				return exitCode.ok;
			});
		},
		signal,
	);
}

// An archive is complete, and checked, before anything of it is used; so it needs its size on the disk once more.
async function inTemporaryFolder<T>(act: (dir: string) => Promise<T>): Promise<T> {
	const dir = await mkdtemp(path.join(tmpdir(), 'cachecast-archive-'));
	try {
		return await act(dir);
	} finally {
		await rm(dir, {recursive: true, force: true});
	}
}

async function openFile(file: string): Promise<Readable> {
	const handle = await open(file);
	return handle.createReadStream({highWaterMark: 1 << 20});
}

// The file is there when it is whole, as a CI that saves it must not find half of it.
async function saveToFile(dir: string, file: string, signal: AbortSignal): ReturnType<typeof saveArchive> {
	const draft = `${file}.part-${process.pid}`;
	try {
		const saved = await saveArchive(dir, createWriteStream(draft, {highWaterMark: 1 << 20}), signal);
		await rename(draft, file);
		return saved;
	} catch (error) {
		await rm(draft, {force: true});
		throw error;
	}
}
