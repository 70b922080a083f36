import {open, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, isDigest} from '../../analyzer/index.ts';
import {asArray, asObject, asString, type JsonObject, member, parseJson} from '../json-value.ts';

/** One entry of an OCI layout's index.json. */
export interface LayoutEntry {
	readonly digest: Digest;
	/** `org.opencontainers.image.ref.name`. */
	readonly tag?: string;
	/** When a build last wrote the cache, as we noted; milliseconds since 1970. */
	readonly usedAt?: number;
	/** The target whose cache it is, as we noted. */
	readonly target?: string;
	/** The tag of the default target, of a cache of another leaf. */
	readonly mainTag?: string;
	/** As it is written. */
	readonly json: JsonObject;
}

export type LayoutIndex =
	| {readonly kind: 'index'; readonly entries: readonly LayoutEntry[]}
	/** No folder or no index.json. */
	| {readonly kind: 'missing'}
	/** It is no index of a layout. */
	| {readonly kind: 'broken'}
	/** It may be whole, but cannot be read now. */
	| {readonly kind: 'failed'; readonly reason: string};

/** What we note of a cache, in annotations of its entry: BuildKit keeps those of other tags when it adds one. */
export interface EntryNotes {
	readonly tag: string;
	readonly usedAt: number;
	readonly target: string;
	readonly mainTag: string;
}

/** The same of a cache that comes from where no time is noted. */
export type FoundNotes = Pick<EntryNotes, 'tag' | 'mainTag'> & Partial<EntryNotes>;

const names = {
	tag: 'org.opencontainers.image.ref.name',
	usedAt: 'cachecast.used-at',
	target: 'cachecast.target',
	mainTag: 'cachecast.main-tag',
} as const;

/** Reads the index.json of a folder. */
export async function readIndex(dir: string): Promise<LayoutIndex> {
	try {
		return parseIndex(await readFile(path.join(dir, 'index.json')));
	} catch (error) {
		const code = asString(member(error, 'code')) ?? 'unknown error';
		return ['ENOENT', 'ENOTDIR'].includes(code)
			? {kind: 'missing'}
			: {kind: 'failed', reason: `index.json cannot be read (${code}); check its permissions`};
	}
}

/** Reads the bytes of an index.json; one entry that cannot be understood makes it broken as a whole. */
export function parseIndex(bytes: Uint8Array): LayoutIndex {
	const json = asObject(parseJson(bytes));
	const entries = (asArray(member(json, 'manifests') ?? []) ?? [undefined]).map(parseEntry);
	return json !== undefined && entries.every(entry => entry !== undefined)
		? {kind: 'index', entries}
		: {kind: 'broken'};
}

function parseEntry(value: unknown): LayoutEntry | undefined {
	const json = asObject(value);
	const digest = asString(member(json, 'digest'));
	if (json === undefined || digest === undefined || !isDigest(digest)) {
		return undefined;
	}

	const annotations = member(json, 'annotations');
	const note = (name: string): string | undefined => asString(member(annotations, name));
	const [tag, target, mainTag] = [note(names.tag), note(names.target), note(names.mainTag)];
	const usedAt = Date.parse(note(names.usedAt) ?? '');
	return {
		digest,
		...(tag !== undefined && {tag}),
		...(Number.isFinite(usedAt) && {usedAt}),
		...(target !== undefined && {target}),
		...(mainTag !== undefined && {mainTag}),
		json,
	};
}

/** An entry for a manifest. */
export function newEntry(
	manifest: {readonly digest: Digest; readonly size: number; readonly mediaType: string},
	{tag, usedAt, target, mainTag}: FoundNotes,
): LayoutEntry {
	const {digest, size, mediaType} = manifest;
	const annotations = {
		[names.tag]: tag,
		...(usedAt !== undefined && {[names.usedAt]: new Date(usedAt).toISOString()}),
		...(target !== undefined && {[names.target]: target}),
		[names.mainTag]: mainTag,
	};
	return {
		digest,
		tag,
		...(usedAt !== undefined && {usedAt}),
		...(target !== undefined && {target}),
		mainTag,
		json: {mediaType, digest, size, annotations},
	};
}

/** The same entry for another manifest of its cache. */
export function withManifest(
	entry: LayoutEntry,
	{digest, size}: {readonly digest: Digest; readonly size: number},
): LayoutEntry {
	return {...entry, digest, json: {...entry.json, digest, size}};
}

/** The same entry with the time of its last use, where none was noted. */
export function withTime(entry: LayoutEntry, usedAt: number): LayoutEntry {
	return entry.usedAt === undefined ? withUse(entry, usedAt) : entry;
}

/** The same entry, used at that time. */
export function withUse(entry: LayoutEntry, usedAt: number): LayoutEntry {
	const annotations = {...asObject(member(entry.json, 'annotations')), [names.usedAt]: new Date(usedAt).toISOString()};
	return {...entry, usedAt, json: {...entry.json, annotations}};
}

/** Replaces index.json by one rename, so that whoever reads sees the old one or the new one. */
export async function writeIndex(dir: string, entries: readonly LayoutEntry[]): Promise<void> {
	await writeFile(path.join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	const json = {
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.index.v1+json',
		manifests: entries.map(entry => entry.json),
	};
	await replaceFile(path.join(dir, 'index.json'), JSON.stringify(json));
}

async function replaceFile(file: string, text: string): Promise<void> {
	const draft = `${file}.new`;
	try {
		const handle = await open(draft, 'w', 0o644);
		try {
			await handle.writeFile(text);
			// The name must not be there before the bytes are.
			await handle.sync();
		} finally {
			await handle.close();
		}

		await rename(draft, file);
	} catch (error) {
		await rm(draft, {force: true});
		throw error;
	}
}
