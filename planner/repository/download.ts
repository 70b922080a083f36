import {createWriteStream} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {setTimeout} from 'node:timers/promises';
import type {Digest} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import {ledgerBlob} from '../ledger/ledger-artifact.ts';
import {isLedgerTag, ledgerTag} from '../ledger/ledger-tag.ts';
import {type LayoutEntry, newEntry, writeIndex} from '../store/layout-index.ts';
import {StoreProblem} from '../store/take-over.ts';
import {archiveTags, renamed, tagPart} from './cache-tags.ts';
import {inParallel} from './in-parallel.ts';
import {fullName} from './list-remote.ts';
import {
	type RemoteAccess,
	type RemoteCache,
	type RemoteFamily,
	type RemoteSpec,
	readFamily,
	readTag,
	remoteFamily,
} from './remote-cache.ts';

/** Attempts to fetch a blob whose connection breaks in the middle, and the first wait between them in milliseconds. */
const attempts = 4;
const firstWaitMs = 500;

/**
 * Fetches a cache of a registry, with every leaf, stage and platform, into an empty folder as an OCI layout. There it has
 * the name that it would have in a folder: `app:cache-test` is `latest-test`, and an image of `type=stages` begins with
 * `stages`; no time is noted, so that the same cache makes the same folder. Throws a StoreProblem where not all of it can
 * be fetched.
 */
export async function downloadCache(spec: RemoteSpec, access: RemoteAccess, dir: string): Promise<void> {
	const found = await remoteFamily(spec, access);
	if (found.kind === 'failed') {
		throw new StoreProblem(found.reason);
	}

	const {family} = found;
	if (family.open !== undefined) {
		throw new StoreProblem(`not all of it can be found: ${family.open}`);
	}

	const entries: LayoutEntry[] = [];
	const manifests = new Map<Digest, Uint8Array>();
	const blobs = new Set<Digest>();
	for (const one of await withLedgers(await readFamily(family, access), family, access)) {
		if (one.kind === 'missing' || one.kind === 'broken') {
			throw new StoreProblem(
				`${fullName(family, one.tag)} cannot be read: ${'problem' in one ? one.problem : 'it is gone'}`,
			);
		}

		if (one.kind === 'other' && !isLedgerTag(one.tag)) {
			throw new StoreProblem(`${fullName(family, one.tag)} is no cache: ${one.reason ?? ''}`);
		}

		const {digest, mediaType, bytes} = one.manifest;
		entries.push(newEntry({digest, mediaType, size: bytes.byteLength}, notesOf(family, one.tag)));
		for (const [name, content] of one.manifests) {
			manifests.set(name, content);
		}

		for (const name of one.blobs.keys()) {
			blobs.add(name);
		}
	}

	if (entries.length === 0) {
		throw new StoreProblem('there is no cache');
	}

	await mkdir(path.dirname(blobFile(dir, `sha256:${'0'.repeat(64)}`)), {recursive: true});
	await inParallel([...blobs], async digest => {
		const known = manifests.get(digest);
		await (known === undefined
			? fetchBlob(family.reference, digest, access.client, blobFile(dir, digest))
			: writeFile(blobFile(dir, digest), known));
	});
	await writeIndex(dir, entries);
}

// What only a builder needs goes without them; a ledger that cannot be read only words causes.
async function withLedgers(
	caches: readonly RemoteCache[],
	{reference}: RemoteFamily,
	{client}: RemoteAccess,
): Promise<readonly RemoteCache[]> {
	const ledgers = await inParallel(
		caches.filter(({kind, tag}) => kind === 'cache' && !tag.includes(':')),
		({tag}) => readTag(reference, ledgerTag(tag), client),
	);
	return [...caches, ...ledgers.filter(one => 'manifest' in one && ledgerBlob(one.manifest.bytes) !== undefined)];
}

function notesOf(family: RemoteFamily, tag: string): Parameters<typeof newEntry>[1] {
	const {kind, mainTag, reference} = family;
	const cache = isLedgerTag(tag) ? family.tags.find(one => ledgerTag(one) === tag) : undefined;
	if (cache !== undefined) {
		const notes = notesOf(family, cache);
		return {tag: ledgerTag(notes.tag), mainTag: notes.mainTag};
	}

	const to = archiveTags[kind];
	const from = reference.digest === undefined ? mainTag : tag;
	const name = renamed(tag, from, to);
	if (name === undefined) {
		throw new StoreProblem(`the tag "${tag}" is too long to be called otherwise in an archive`);
	}

	const {target, mainTag: main} = tagPart(to, name);
	return {tag: name, mainTag: main, ...(target !== undefined && {target})};
}

async function fetchBlob(
	reference: RegistryReference,
	digest: Digest,
	client: RegistryClient,
	file: string,
): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const answer = await client.blobStream(reference, digest);
		if (answer.kind !== 'found') {
			throw new StoreProblem(answer.kind === 'failed' ? answer.reason : `blob ${digest} is not there`);
		}

		try {
			await pipeline(Readable.from(answer.chunks), createWriteStream(file));
			return;
		} catch (error) {
			await rm(file, {force: true});
			// What comes from the disk has a code: it is full, or may not be written to.
			const isOfDisk = error instanceof Error && 'code' in error;
			if (isOfDisk || attempt === attempts) {
				throw isOfDisk || !(error instanceof Error) ? error : new StoreProblem(error.message);
			}
		}

		await setTimeout(firstWaitMs * 2 ** (attempt - 1));
	}
}
