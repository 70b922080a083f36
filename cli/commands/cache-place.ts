import {access} from 'node:fs/promises';
import path from 'node:path';
import {
	type CachePlace,
	findStore,
	openRegistry,
	type RegistryClient,
	type RegistryKeeper,
	type RegistryWriter,
	StoreProblem,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {printable} from '../render/columns.ts';
import type {CommandContext} from './command-context.ts';

export interface PlaceFlags extends RegistryFlags {
	readonly cache?: string;
}

/** How the registry of a cache is reached; without a writer and a keeper no registry is asked. */
export interface PlaceAccess {
	readonly client: RegistryClient;
	readonly writer?: RegistryWriter;
	readonly keeper?: RegistryKeeper;
}

export type Place = Exclude<CachePlace, {readonly kind: 'failed'}>;

/** Finds the cache that a command is about, and does something with it; what goes wrong there is told in a sentence. */
export async function atPlace(
	folder: string | undefined,
	flags: PlaceFlags,
	command: CommandContext,
	act: (place: Place, access: PlaceAccess) => Promise<number>,
	signal?: AbortSignal,
): Promise<number> {
	const place = await findStore(folder, flags.cache, command.cwd);
	if (place.kind === 'failed') {
		return command.fail(place.problem);
	}

	const wished = registryWish(flags, command);
	if (wished.kind === 'usage') {
		return command.fail(wished);
	}

	const registry = await openRegistry({...wished.wish, ...(signal !== undefined && {signal})});
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	try {
		return await act(place, registry);
	} catch (error) {
		// A cache that is not what it should be, a disk that is full, a file that may not be read.
		if (error instanceof StoreProblem || (error instanceof Error && 'code' in error)) {
			return failsAt(command, place, error.message);
		}

		throw error;
	}
}

/** Whether there is a cache in a folder. */
export async function isCache(dir: string): Promise<boolean> {
	return access(path.join(dir, 'index.json')).then(
		() => true,
		() => false,
	);
}

/** Tells what is wrong with a cache, and gives the exit code for it. */
export function failsAt({streams, errorStyle}: CommandContext, place: Place, reason: string): number {
	streams.err(`${errorStyle.error('error')} cache ${placeName(place)}: ${printable(reason)}\n`);
	return exitCode.findings;
}

/** A cache as people call it. */
export function placeName(place: Place): string {
	return place.kind === 'folder' ? place.dir : place.spec.ref;
}

/** A value of `--format json`. */
export function json(value: Readonly<Record<string, unknown>>): string {
	return `${JSON.stringify(value, undefined, '\t')}\n`;
}
