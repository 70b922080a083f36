import path from 'node:path';
import {parseCacheFlag} from '../caches/cache-flag.ts';
import type {CacheReading, CacheSpec} from '../caches/cache-source.ts';
import {defaultCacheDir} from '../caches/default-cache.ts';
import {type CacheAccess, readCache} from '../caches/read-cache.ts';
import type {Problem} from '../workspace.ts';
import {type ListResult, listStore} from './list.ts';
import {listReading, verifyReading} from './registry-cache.ts';
import {type Verification, verifyStore} from './verify.ts';

/** The cache that a command is about. */
export type CachePlace =
	| {readonly kind: 'folder'; readonly dir: string}
	| {readonly kind: 'registry'; readonly spec: CacheSpec}
	| {readonly kind: 'failed'; readonly problem: Problem};

/** A folder by its name, a cache as in `--cache-from`, or else the default cache of the folder that one is in. */
export async function findStore(
	folder: string | undefined,
	cache: string | undefined,
	cwd: string,
): Promise<CachePlace> {
	if (folder !== undefined && cache !== undefined) {
		return failed('a folder and --cache name two caches', 'give one of them');
	}

	if (cache === undefined) {
		return {kind: 'folder', dir: folder === undefined ? await defaultCacheDir(cwd) : path.resolve(cwd, folder)};
	}

	const flag = parseCacheFlag(cache, 'from');
	if (flag.kind === 'invalid') {
		return failed(flag.message.replaceAll('--cache-from', '--cache'), flag.hint.replaceAll('--cache-from', '--cache'));
	}

	switch (flag.spec.kind) {
		case 'local':
			return {kind: 'folder', dir: path.resolve(cwd, flag.spec.dir)};
		case 'registry':
			return {kind: 'registry', spec: flag.spec};
		default:
			return failed('--cache names a cache that only a builder can read', 'name one of type registry or local');
	}
}

/** Lists the caches of a place. */
export async function listCaches(
	place: Exclude<CachePlace, {readonly kind: 'failed'}>,
	access: CacheAccess,
): Promise<ListResult> {
	if (place.kind === 'folder') {
		return listStore(place.dir);
	}

	const reading = await readCache(place.spec, access);
	if (reading.kind !== 'found') {
		return {kind: 'failed', reason: whyNot(reading)};
	}

	const cache = listReading(reading);
	return {kind: 'listed', listing: {caches: [cache], bytes: cache.bytes}};
}

/** Verifies the caches of a place: of a folder all bytes, of a registry that the layers are there. */
export async function verifyCaches(
	place: Exclude<CachePlace, {readonly kind: 'failed'}>,
	access: CacheAccess,
): Promise<Verification> {
	if (place.kind === 'folder') {
		return verifyStore(place.dir);
	}

	const reading = await readCache(place.spec, access);
	return reading.kind === 'found'
		? verifyReading(reading, access)
		: {findings: [{kind: 'damage', problem: whyNot(reading)}], blobs: 0, bytes: 0};
}

function whyNot(reading: Exclude<CacheReading, {readonly kind: 'found'}>): string {
	return reading.kind === 'missing' ? 'there is no cache' : reading.reason;
}

function failed(message: string, hint: string): CachePlace {
	return {kind: 'failed', problem: {message, hint}};
}
