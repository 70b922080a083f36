import path from 'node:path';
import {parseCacheFlag} from '../caches/cache-flag.ts';
import {defaultCacheDir} from '../caches/default-cache.ts';
import {listRemote} from '../repository/list-remote.ts';
import type {RemoteAccess, RemoteSpec} from '../repository/remote-cache.ts';
import {verifyRemote} from '../repository/verify-remote.ts';
import type {Problem} from '../workspace.ts';
import {type ListResult, listStore} from './list.ts';
import {type Verification, verifyStore} from './verify.ts';

/** The cache that a command is about. */
export type CachePlace =
	| {readonly kind: 'folder'; readonly dir: string}
	| {readonly kind: 'registry'; readonly spec: RemoteSpec}
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
		case 'stages':
			return {kind: 'registry', spec: flag.spec};
		default:
			return failed('--cache names a cache that only a builder can read', 'name one of type registry, stages or local');
	}
}

/** Lists the caches of a place. */
export async function listCaches(
	place: Exclude<CachePlace, {readonly kind: 'failed'}>,
	access: RemoteAccess,
): Promise<ListResult> {
	return place.kind === 'folder' ? listStore(place.dir) : listRemote(place.spec, access);
}

/** Verifies the caches of a place: of a folder all bytes, of a registry that everything is there. */
export async function verifyCaches(
	place: Exclude<CachePlace, {readonly kind: 'failed'}>,
	access: RemoteAccess,
): Promise<Verification> {
	return place.kind === 'folder' ? verifyStore(place.dir) : verifyRemote(place.spec, access);
}

function failed(message: string, hint: string): CachePlace {
	return {kind: 'failed', problem: {message, hint}};
}
