import type {Digest} from '../../analyzer/index.ts';
import {parseImageConfig} from '../images/image-config.ts';
import {parseManifest} from '../images/manifest.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryKeeper} from '../images/registry-keeper.ts';
import {ledgerBlob} from '../ledger/ledger-artifact.ts';
import {isLedgerTag, ledgerTag} from '../ledger/ledger-tag.ts';
import {joinedImages} from '../stages/joined-images.ts';
import {isCurrent, type Keep} from '../store/keep.ts';
import {StoreProblem} from '../store/take-over.ts';
import {isOf, tagPart} from './cache-tags.ts';
import {inParallel} from './in-parallel.ts';
import {type RemoteCache, type RemoteSpec, readTag, remotePlace} from './remote-cache.ts';

export interface RemotePruneWish {
	readonly keep: Keep;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Nothing is removed, only told. */
	readonly isDry: boolean;
}

/** A tag that goes, and why. */
export interface PrunedTag {
	readonly tag: string;
	/** One clause. */
	readonly reason: string;
}

export interface RemotePruning {
	readonly tags: readonly PrunedTag[];
	/** Of the blobs that only they hold, as far as cachecast's own tags go; the registry's garbage collection frees them. */
	readonly bytes: number;
	/** Why not all of it went, in one sentence. */
	readonly problem?: string;
}

type Readable = Extract<RemoteCache, {readonly manifest: unknown}>;

/** A tag that cachecast wrote and that may go. */
interface Candidate {
	readonly one: Readable;
	readonly what: string;
	/** When its image was made; milliseconds since 1970. */
	readonly madeAt?: number;
}

/** Key tags of results: see planner/publish. */
const keyTag = /^cachecast-[\da-f]{32}$/;

/** A build pushes an image under its key tag before it gives it others: what is just made stays. */
const graceMs = 3_600_000;

/**
 * Finds in the repository of a cache what cachecast wrote and nobody needs, and removes it: images under key tags, images
 * of stages that the Dockerfile no longer has, which the joined cache knows, and ledgers whose cache is gone. A registry deletes a manifest with
 * every tag that points at it, so one that another tag points at, or leads to, stays, and one with a part of it. Tags that nothing shows to be
 * cachecast's own stay too, caches of leaves among them, and what was made within the last hour. Throws a StoreProblem where that cannot be told for every tag.
 */
export async function pruneRemote(
	spec: RemoteSpec,
	{client, keeper}: {readonly client: RegistryClient; readonly keeper: RegistryKeeper},
	{keep, now, isDry}: RemotePruneWish,
): Promise<RemotePruning> {
	const place = remotePlace(spec);
	if (place === undefined || place.reference.digest !== undefined) {
		throw new StoreProblem('a cache that is named by digest has no tags to look through');
	}

	const {reference, mainTag} = place;
	const list = await keeper.tags(reference);
	if (list.kind === 'failed') {
		throw new StoreProblem(list.reason);
	}

	const all = await inParallel(list.tags, tag => readTag(reference, tag, client));
	const former = spec.kind === 'stages' ? formerImages(mainTag, all) : new Set<string>();
	const ledgers = lostLedgers(mainTag, all);
	const isOwn = ({tag}: RemoteCache): boolean => keyTag.test(tag) || former.has(tag) || ledgers.has(tag);
	const held = new Set<Digest>();
	for (const one of all.filter(other => !isOwn(other))) {
		const manifests = one.kind === 'missing' ? new Map<Digest, Uint8Array>() : one.manifests;
		if (manifests === undefined && 'problem' in one) {
			throw new StoreProblem(
				`nothing can be removed, as it is not known what the tag "${one.tag}" needs: ${one.problem}`,
			);
		}

		for (const digest of [...(manifests?.keys() ?? []), ...('blobs' in one ? one.blobs.keys() : [])]) {
			held.add(digest);
		}
	}

	const own = await inParallel(
		all.flatMap(one => ('manifest' in one && isOwn(one) ? [one] : [])),
		one => candidate(one, reference, client),
	);
	const going = chosen(own, held, keep, now);
	// One that stays holds what it leads to as well.
	for (const {one} of own.filter(other => !going.has(other))) {
		for (const digest of one.blobs.keys()) {
			held.add(digest);
		}
	}

	const due = [...going].filter(([{one}]) => !held.has(one.manifest.digest));
	const freed = new Map(due.flatMap(([{one}]) => [...one.blobs].filter(([digest]) => !held.has(digest))));
	const pruning: RemotePruning = {
		tags: due.map(([{one}, reason]) => ({tag: one.tag, reason})),
		bytes: [...freed.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0),
	};
	return isDry ? pruning : remove(due, held, pruning, {reference, keeper});
}

async function remove(
	due: readonly (readonly [Candidate, string])[],
	held: ReadonlySet<Digest>,
	{bytes}: RemotePruning,
	{reference, keeper}: {readonly reference: RegistryReference; readonly keeper: RegistryKeeper},
): Promise<RemotePruning> {
	const tags: PrunedTag[] = [];
	const gone = new Set<Digest>();
	for (const [{one}, reason] of due) {
		// Its own manifest first: what that leads to is then needed by nothing, and would stay without a tag.
		for (const digest of [...one.manifests.keys()].filter(name => !held.has(name) && !gone.has(name))) {
			const removed = await keeper.deleteManifest(reference, digest);
			if (removed.kind === 'failed') {
				return {tags, bytes: tags.length === 0 ? 0 : bytes, problem: removed.reason};
			}

			gone.add(digest);
		}

		tags.push({tag: one.tag, reason});
	}

	return {tags, bytes};
}

/** Images of stages that the joined caches remember and no longer join. */
function formerImages(mainTag: string, all: readonly RemoteCache[]): ReadonlySet<string> {
	const joined = all.flatMap(one =>
		'manifest' in one && one.tag.startsWith(`${mainTag}-`) && tagPart(mainTag, one.tag).isJoint
			? [joinedImages(one.manifest.bytes)]
			: [],
	);
	const current = new Set(joined.flatMap(({images}) => images));
	return new Set(
		joined.flatMap(({former}) => former).filter(tag => !current.has(tag) && tag.startsWith(`${mainTag}-`)),
	);
}

/** Ledgers of this cache, of any leaf or platform, whose own cache is gone. */
function lostLedgers(mainTag: string, all: readonly RemoteCache[]): ReadonlySet<string> {
	const kept = new Set(all.filter(({kind}) => kind !== 'missing').map(({tag}) => ledgerTag(tag)));
	// One that was cut has only the beginning of the main tag.
	const isOfCache = (tag: string) => isOf(mainTag, tag) || tag.startsWith(ledgerTag(mainTag).replace(/-H-.*$/s, ''));
	return new Set(
		all.flatMap(one =>
			'manifest' in one &&
			isLedgerTag(one.tag) &&
			isOfCache(one.tag) &&
			!kept.has(one.tag) &&
			ledgerBlob(one.manifest.bytes) !== undefined
				? [one.tag]
				: [],
		),
	);
}

async function candidate(one: Readable, reference: RegistryReference, client: RegistryClient): Promise<Candidate> {
	const times: number[] = [];
	for (const bytes of one.manifests.values()) {
		const manifest = parseManifest(bytes);
		const config = manifest.kind === 'image' ? await client.blob(reference, manifest.config.digest) : undefined;
		const created = config?.kind === 'found' ? parseImageConfig(config.bytes)?.created : undefined;
		times.push(...(created === undefined ? [] : [Date.parse(created)]));
	}

	const newest = Math.max(...times.filter(time => Number.isFinite(time)));
	const what = keyTag.test(one.tag)
		? 'image of a result'
		: isLedgerTag(one.tag)
			? 'ledger of a cache that is no longer there'
			: 'image of a stage that is no longer there';
	return {one, what, ...(Number.isFinite(newest) && {madeAt: newest})};
}

/** What the limits do not let stay, oldest first, each with why. */
function chosen(
	own: readonly Candidate[],
	held: ReadonlySet<Digest>,
	keep: Keep,
	now: number,
): ReadonlyMap<Candidate, string> {
	const {maxAge, maxBytes} = keep;
	// The image of a platform may be in an index of all platforms, though that has no tag of its own there.
	const isHeld = ({one}: Candidate): boolean => [...one.manifests.keys()].some(digest => held.has(digest));
	const free = own
		.filter(one => !isHeld(one) && (one.madeAt ?? 0) <= now - graceMs)
		.sort((a, b) => (a.madeAt ?? now) - (b.madeAt ?? now) || (a.one.tag < b.one.tag ? -1 : 1));
	const going = new Map<Candidate, string>();
	for (const one of free) {
		const isOld = maxAge !== undefined && one.madeAt !== undefined && one.madeAt < now - maxAge;
		if (isCurrent(keep) || isOld) {
			going.set(one, `${one.what}, ${isOld ? 'older than the limit' : 'no other tag has it'}`);
		}
	}

	for (const one of maxBytes === undefined ? [] : free) {
		const left = own.filter(other => !going.has(other));
		const sizes = new Map(left.flatMap(other => [...other.one.blobs]));
		if ([...sizes.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0) <= (maxBytes ?? 0)) {
			break;
		}

		going.set(one, going.get(one) ?? `${one.what}, the oldest of what is more than the limit`);
	}

	return going;
}
