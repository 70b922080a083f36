import {createReadStream, createWriteStream} from 'node:fs';
import {access, mkdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {
	type CachePlace,
	findStore,
	listCaches,
	loadArchive,
	openRegistry,
	parseKeep,
	parseSize,
	pruneStore,
	type RegistryClient,
	StoreProblem,
	saveArchive,
	verifyCaches,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {formatBytes} from '../render/amounts.ts';
import {printable} from '../render/columns.ts';
import {listJson, pruneJson, verifyJson} from '../render/store-json.ts';
import {renderListing, renderPruning, renderVerification} from '../render/store-text.ts';
import type {CommandContext} from './command-context.ts';

export interface CachePlaceFlags {
	readonly cache?: string;
}

export interface ReadCacheFlags extends CachePlaceFlags, RegistryFlags {
	readonly format: 'text' | 'json';
}

export interface PruneFlags extends CachePlaceFlags {
	readonly format: 'text' | 'json';
	readonly keep: readonly string[];
	readonly dryRun?: boolean;
}

export interface LoadFlags extends CachePlaceFlags {
	readonly maxSize: string;
}

/** `cachecast cache ls`: what caches there are, and what they hold. */
export async function runCacheList(
	folder: string | undefined,
	flags: ReadCacheFlags,
	command: CommandContext,
): Promise<number> {
	return readPlace(folder, flags, command, async (place, client) => {
		const result = await listCaches(place, {client, cwd: command.cwd});
		if (result.kind === 'failed') {
			return fails(command, placeName(place), result.reason);
		}

		const {listing} = result;
		command.streams.out(
			flags.format === 'json'
				? json(listJson(placeName(place), listing))
				: renderListing(placeName(place), listing, Date.now(), command.style),
		);
		return exitCode.ok;
	});
}

/** `cachecast cache verify`: whether a cache is whole. Exits 1 when it is not. */
export async function runCacheVerify(
	folder: string | undefined,
	flags: ReadCacheFlags,
	command: CommandContext,
): Promise<number> {
	return readPlace(folder, flags, command, async (place, client) => {
		const verification = await verifyCaches(place, {client, cwd: command.cwd});
		command.streams.out(
			flags.format === 'json'
				? json(verifyJson(placeName(place), verification))
				: renderVerification(placeName(place), verification, command.style),
		);
		return verification.findings.some(({kind}) => kind === 'damage') ? exitCode.findings : exitCode.ok;
	});
}

/** `cachecast cache prune`: brings a local cache within limits. */
export async function runCachePrune(
	folder: string | undefined,
	flags: PruneFlags,
	command: CommandContext,
): Promise<number> {
	const keep = parseKeep(flags.keep);
	if (keep.kind === 'invalid') {
		return command.fail(keep);
	}

	return inFolder('prune', folder, flags, command, async dir => {
		const isDry = flags.dryRun === true;
		const pruning = await pruneStore(dir, {keep: keep.keep, now: Date.now(), isDry});
		command.streams.out(
			flags.format === 'json' ? json(pruneJson(dir, pruning, isDry)) : renderPruning(dir, pruning, isDry),
		);
		return exitCode.ok;
	});
}

/** `cachecast cache save`: writes a local cache as one archive, to a file or to standard output. */
export async function runCacheSave(
	file: string,
	folder: string | undefined,
	flags: CachePlaceFlags,
	command: CommandContext,
): Promise<number> {
	if (file === '-' && process.stdout.isTTY === true) {
		return command.fail({message: 'an archive is not for a terminal', hint: 'name a file, or redirect the output'});
	}

	return inFolder('save', folder, flags, command, async dir => {
		const saved = await (file === '-'
			? saveArchive(dir, process.stdout, command.interruptSignal())
			: saveToFile(dir, path.resolve(command.cwd, file), command.interruptSignal()));
		command.streams.err(`saved ${saved.blobs} blobs, ${formatBytes(saved.bytes)}\n`);
		return exitCode.ok;
	});
}

/** `cachecast cache load`: replaces a local cache by what an archive holds. */
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

	const place = await localPlace('load', folder, flags, command);
	if (typeof place !== 'string') {
		return command.fail(place);
	}

	await mkdir(place, {recursive: true});
	return telling(command, place, async () => {
		const input =
			file === '-' ? process.stdin : createReadStream(path.resolve(command.cwd, file), {highWaterMark: 1 << 20});
		const {added, removed} = await loadArchive(input, place, maxBytes, command.interruptSignal());
		command.streams.err(`loaded ${formatBytes(added)}, removed ${formatBytes(removed)}\n`);
		return exitCode.ok;
	});
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

async function readPlace(
	folder: string | undefined,
	flags: ReadCacheFlags,
	command: CommandContext,
	act: (place: Exclude<CachePlace, {readonly kind: 'failed'}>, client: RegistryClient) => Promise<number>,
): Promise<number> {
	const place = await findStore(folder, flags.cache, command.cwd);
	if (place.kind === 'failed') {
		return command.fail(place.problem);
	}

	const access = registryWish(flags, command);
	if (access.kind === 'usage') {
		return command.fail(access);
	}

	const registry = await openRegistry(access.wish);
	return registry.kind === 'failed' ? command.fail(registry.problem) : act(place, registry.client);
}

async function localPlace(
	verb: string,
	folder: string | undefined,
	{cache}: CachePlaceFlags,
	command: CommandContext,
): Promise<string | {readonly message: string; readonly hint?: string}> {
	const place = await findStore(folder, cache, command.cwd);
	switch (place.kind) {
		case 'folder':
			return place.dir;
		case 'failed':
			return place.problem;
		case 'registry':
			return {
				message: `cache ${verb} is for local caches: what a registry keeps is up to the registry`,
				hint: 'name the folder of a local cache; ls and verify take registries too',
			};
	}
}

async function inFolder(
	verb: string,
	folder: string | undefined,
	flags: CachePlaceFlags,
	command: CommandContext,
	act: (dir: string) => Promise<number>,
): Promise<number> {
	const dir = await localPlace(verb, folder, flags, command);
	if (typeof dir !== 'string') {
		return command.fail(dir);
	}

	const isThere = await access(path.join(dir, 'index.json')).then(
		() => true,
		() => false,
	);
	return isThere ? telling(command, dir, () => act(dir)) : fails(command, dir, 'there is no cache');
}

// What goes wrong with a folder is told in a sentence: a disk that is full, a file that may not be read.
async function telling(command: CommandContext, dir: string, act: () => Promise<number>): Promise<number> {
	try {
		return await act();
	} catch (error) {
		if (error instanceof StoreProblem || (error instanceof Error && 'code' in error)) {
			return fails(command, dir, error.message);
		}

		throw error;
	}
}

function fails({streams, errorStyle}: CommandContext, place: string, reason: string): number {
	streams.err(`${errorStyle.error('error')} cache ${place}: ${printable(reason)}\n`);
	return exitCode.findings;
}

function placeName(place: Exclude<CachePlace, {readonly kind: 'failed'}>): string {
	return place.kind === 'folder' ? place.dir : place.spec.kind === 'registry' ? place.spec.ref : '';
}

function json(value: Readonly<Record<string, unknown>>): string {
	return `${JSON.stringify(value, undefined, '\t')}\n`;
}
