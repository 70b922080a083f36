import {createReadStream} from 'node:fs';
import {readFile} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import type {Digest} from '../../analyzer/index.ts';
import {manifestTypes, parseManifest} from '../images/manifest.ts';
import {blobFile} from '../images/oci-layout.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryWriter, Written} from '../images/registry-writer.ts';
import {isLedgerTag, ledgerTag} from '../ledger/ledger-tag.ts';
import {blobSize} from '../store/blob-folder.ts';
import type {LayoutEntry} from '../store/layout-index.ts';
import {loadArchive} from '../store/load-archive.ts';
import {entriesOf, reachableFrom, StoreProblem} from '../store/take-over.ts';
import {archiveTags, isOf, renamed, tagPart} from './cache-tags.ts';
import {inParallel} from './in-parallel.ts';
import {type RemoteAccess, type RemoteCache, type RemoteSpec, readTag, remotePlace} from './remote-cache.ts';

export interface UploadAccess extends RemoteAccess {
	readonly writer: RegistryWriter;
}

export interface Upload {
	/** Blobs that were sent, and their bytes. */
	readonly blobs: number;
	readonly bytes: number;
	/** Blobs that were there. */
	readonly wereThere: number;
	readonly tags: readonly string[];
}

/** One cache of an archive, and the tag that it gets. */
interface Placed {
	readonly entry: LayoutEntry;
	readonly tag: string;
}

/**
 * Writes what an archive holds to a registry. The archive is unpacked into an empty folder first and refused unless all of
 * it is right; then come the blobs that are not there, the manifests without a tag, and the tags, the main one last. So each
 * tag is the old cache or the new one at every moment, and where a tag is refused, those before it go back to what they
 * were. Tags that the archive does not have stay. Throws a StoreProblem.
 */
export async function uploadArchive(
	input: Readable,
	spec: RemoteSpec,
	access: UploadAccess,
	{dir, maxBytes, signal}: {readonly dir: string; readonly maxBytes: number; readonly signal?: AbortSignal},
): Promise<Upload> {
	const place = remotePlace(spec);
	if (place === undefined || place.reference.digest !== undefined) {
		throw new StoreProblem('what is named by digest cannot be written');
	}

	const {reference, mainTag} = place;
	await loadArchive(input, dir, maxBytes, signal);
	const placed = placesOf(await entriesOf(dir), spec, mainTag);
	const blobs = new Map<Digest, number>();
	const manifests = new Map<Digest, string>();
	for (const {entry} of placed) {
		const reachable = await reachableFrom(entry, [dir]);
		for (const digest of reachable.kind === 'blobs' ? reachable.blobs.keys() : []) {
			blobs.set(digest, (await blobSize(dir, digest)) ?? 0);
		}

		await collectManifests(dir, entry.digest, mediaTypeOf(entry), manifests);
	}

	const before = new Map<string, RemoteCache>();
	for (const {tag} of placed) {
		before.set(tag, await readTag(reference, tag, access.client));
	}

	const layers = [...blobs].filter(([digest]) => !manifests.has(digest));
	const sent = await inParallel(layers, async ([digest, size]) => {
		const open = (): AsyncIterable<Uint8Array> => createReadStream(blobFile(dir, digest), {highWaterMark: 1 << 18});
		return (await written(access.writer.putBlob(reference, digest, {size, open}))) ? 0 : size;
	});
	// Those that others lead to come first.
	for (const [digest, mediaType] of [...manifests].reverse()) {
		if (!placed.some(({entry}) => entry.digest === digest)) {
			await put(access.writer, {...withoutTag(reference), digest}, mediaType, await readFile(blobFile(dir, digest)));
		}
	}

	await putTags(placed, before, reference, access.writer, dir);
	return {
		blobs: sent.filter(size => size > 0).length,
		bytes: sent.reduce((sum, size) => sum + size, 0),
		wereThere: sent.filter(size => size === 0).length,
		tags: placed.map(({tag}) => tag),
	};
}

/** Which tag each cache of an archive gets, in the order to write them: what others build on first, the main tag last. */
function placesOf(entries: readonly LayoutEntry[], {kind}: RemoteSpec, mainTag: string): readonly Placed[] {
	const own = archiveTags[kind];
	const ledgers = entries.filter(({tag = ''}) => isLedgerTag(tag));
	const caches = entries.filter(entry => !ledgers.includes(entry));
	const mains = new Set(caches.map(entry => familyOf(entry, own)));
	const [main = own] = mains;
	const placed = caches.flatMap(entry => {
		const tag = entry.tag === undefined || mains.size > 1 ? undefined : renamed(entry.tag, main, mainTag);
		return tag === undefined ? [] : [{entry, tag}];
	});
	if (placed.length < caches.length) {
		const names = entries.map(({tag, digest}) => tag ?? digest).join(', ');
		throw new StoreProblem(`the archive holds several caches, or some without a fitting tag: ${names}`);
	}

	const isStages = placed.some(({tag}) => tagPart(mainTag, tag).isJoint);
	if (placed.length === 0 || isStages !== (kind === 'stages')) {
		const what = placed.length === 0 ? 'nothing' : isStages ? 'images of stages' : 'no images of stages';
		throw new StoreProblem(`the archive holds ${what}, which is not for a cache of type "${kind}"`);
	}

	const rank = ({tag}: Placed): number => (tag === mainTag || tagPart(mainTag, tag).isJoint ? 1 : 0);
	const beside = placed.flatMap(({entry, tag}): readonly Placed[] => {
		const ledger = ledgers.find(one => one.tag === ledgerTag(entry.tag ?? ''));
		return ledger === undefined ? [] : [{entry: ledger, tag: ledgerTag(tag)}];
	});
	// What is said of a cache comes when the cache is there.
	return [...[...placed].sort((a, b) => rank(a) - rank(b)), ...beside];
}

// The main tag of a cache without its platform.
function familyOf({tag = '', mainTag}: LayoutEntry, own: string): string {
	return (mainTag ?? (isOf(own, tag) ? own : tag)).replace(/-ON-.*$/s, '');
}

async function collectManifests(
	dir: string,
	digest: Digest,
	mediaType: string,
	manifests: Map<Digest, string>,
): Promise<void> {
	manifests.set(digest, mediaType);
	const manifest = parseManifest(await readFile(blobFile(dir, digest)));
	for (const one of manifest.kind === 'index' ? manifest.manifests : []) {
		if (manifestTypes.includes(one.mediaType) && !manifests.has(one.digest)) {
			await collectManifests(dir, one.digest, one.mediaType, manifests);
		}
	}
}

async function putTags(
	placed: readonly Placed[],
	before: ReadonlyMap<string, RemoteCache>,
	reference: RegistryReference,
	writer: RegistryWriter,
	dir: string,
): Promise<void> {
	const changed: string[] = [];
	try {
		for (const {entry, tag} of placed) {
			const old = before.get(tag);
			if (old === undefined || !('manifest' in old) || old.manifest.digest !== entry.digest) {
				const bytes = await readFile(blobFile(dir, entry.digest));
				await put(writer, {...withoutTag(reference), tag}, mediaTypeOf(entry), bytes);
				changed.push(tag);
			}
		}
	} catch (error) {
		const left: string[] = [];
		for (const tag of changed) {
			const old = before.get(tag);
			const isBack =
				old !== undefined &&
				'manifest' in old &&
				(await writer.putManifest({...withoutTag(reference), tag}, old.manifest.mediaType, old.manifest.bytes)).kind ===
					'written';
			left.push(...(isBack ? [] : [tag]));
		}

		const rest = left.length > 0 ? `; written before that: ${left.join(', ')}` : '';
		throw error instanceof StoreProblem ? new StoreProblem(`${error.message}${rest}`) : error;
	}
}

async function put(
	writer: RegistryWriter,
	reference: RegistryReference,
	mediaType: string,
	bytes: Uint8Array,
): Promise<void> {
	await written(writer.putManifest(reference, mediaType, bytes));
}

/** Whether it was there before. */
async function written(writing: Promise<Written>): Promise<boolean> {
	const result = await writing;
	if (result.kind !== 'written') {
		throw new StoreProblem(result.kind === 'failed' ? result.reason : 'the registry has no such repository');
	}

	return result.wasThere === true;
}

function withoutTag({tag: _, ...repository}: RegistryReference): RegistryReference {
	return repository;
}

function mediaTypeOf({json}: LayoutEntry): string {
	return String(json['mediaType']);
}
