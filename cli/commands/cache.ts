import {listCaches, parseKeep, pruneRemote, pruneStore, verifyCaches} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {listJson, pruneJson, remotePruneJson, verifyJson} from '../render/store-json.ts';
import {renderListing, renderPruning, renderRemotePruning, renderVerification} from '../render/store-text.ts';
import {atPlace, failsAt, isCache, json, type PlaceFlags, placeName} from './cache-place.ts';
import type {CommandContext} from './command-context.ts';

export interface ReadCacheFlags extends PlaceFlags {
	readonly format: 'text' | 'json';
}

export interface PruneFlags extends ReadCacheFlags {
	readonly keep: readonly string[];
	readonly dryRun?: boolean;
}

/** `cachecast cache ls`: what caches there are, and what they hold. */
export async function runCacheList(
	folder: string | undefined,
	flags: ReadCacheFlags,
	command: CommandContext,
): Promise<number> {
	return atPlace(folder, flags, command, async (place, access) => {
		const result = await listCaches(place, access);
		if (result.kind === 'failed') {
			return failsAt(command, place, result.reason);
		}

		const {listing} = result;
		command.streams.out(
			flags.format === 'json'
				? json(listJson(placeName(place), listing))
				: renderListing(placeName(place), listing, Date.now(), command.style),
		);
		warn(command, listing.note);
		return exitCode.ok;
	});
}

/** `cachecast cache verify`: whether a cache is whole. Exits 1 when it is not. */
export async function runCacheVerify(
	folder: string | undefined,
	flags: ReadCacheFlags,
	command: CommandContext,
): Promise<number> {
	return atPlace(folder, flags, command, async (place, access) => {
		const verification = await verifyCaches(place, access);
		command.streams.out(
			flags.format === 'json'
				? json(verifyJson(placeName(place), verification))
				: renderVerification(placeName(place), verification, place.kind === 'folder', command.style),
		);
		warn(command, verification.note);
		return verification.findings.some(({kind}) => kind === 'damage') ? exitCode.findings : exitCode.ok;
	});
}

/** `cachecast cache prune`: brings a cache within limits. Of a registry nothing is removed without a limit. */
export async function runCachePrune(
	folder: string | undefined,
	flags: PruneFlags,
	command: CommandContext,
): Promise<number> {
	const parsed = parseKeep(flags.keep);
	if (parsed.kind === 'invalid') {
		return command.fail(parsed);
	}

	const {keep} = parsed;
	const now = Date.now();
	const {out} = command.streams;
	return atPlace(folder, flags, command, async (place, {client, keeper}) => {
		if (place.kind === 'folder') {
			if (!(await isCache(place.dir))) {
				return failsAt(command, place, 'there is no cache');
			}

			const isDry = flags.dryRun === true;
			const pruning = await pruneStore(place.dir, {keep, now, isDry});
			out(
				flags.format === 'json' ? json(pruneJson(place.dir, pruning, isDry)) : renderPruning(place.dir, pruning, isDry),
			);
			return exitCode.ok;
		}

		if (keeper === undefined) {
			return command.fail({message: 'a registry is pruned by asking it', hint: 'leave --offline out'});
		}

		const isDry = flags.dryRun === true || flags.keep.length === 0;
		const pruning = await pruneRemote(place.spec, {client, keeper}, {keep, now, isDry});
		out(
			flags.format === 'json'
				? json(remotePruneJson(place.spec.ref, pruning, isDry))
				: renderRemotePruning(place.spec.ref, pruning, isDry),
		);
		if (flags.format === 'text' && flags.keep.length === 0 && pruning.tags.length > 0) {
			command.talk.say(`${command.errorStyle.dim('nothing was removed; add --keep current to remove it')}\n`);
		}

		return pruning.problem === undefined ? exitCode.ok : failsAt(command, place, pruning.problem);
	});
}

function warn({streams, errorStyle}: CommandContext, note: string | undefined): void {
	if (note !== undefined) {
		streams.err(`${errorStyle.warning('warning')} ${note}\n`);
	}
}
