import {readdir} from 'node:fs/promises';
import {isDeepStrictEqual} from 'node:util';
import type {Digest} from '../../analyzer/index.ts';
import {parseCacheConfig} from '../caches/cache-config.ts';
import {parseManifest} from '../images/manifest.ts';
import {asArray, member, parseJson} from '../json-value.ts';
import {blobSizes, hashBlob} from './blob-folder.ts';
import {type LayoutEntry, type LayoutIndex, readIndex} from './layout-index.ts';
import {readBlob} from './read-blob.ts';
import {configOf} from './stored-cache.ts';
import {reachableFrom} from './take-over.ts';

/** Something found in a cache folder. */
export interface StoreFinding {
	/** `damage`: the cache cannot be relied on. `leftover`: it only takes space, until the next build or prune. */
	readonly kind: 'damage' | 'leftover';
	/** The tag it belongs to. */
	readonly tag?: string;
	/** One clause. */
	readonly problem: string;
}

export interface Verification {
	readonly findings: readonly StoreFinding[];
	/** Blobs that were read and their bytes. */
	readonly blobs: number;
	readonly bytes: number;
	/** Why that may not be all, in one sentence. */
	readonly note?: string;
}

/** How many blobs are read at once. */
const parallel = 4;

/**
 * Reads all of a folder: every blob that its index leads to is there with the size and digest that it should have, every
 * record has all layers of its results, and nothing else lies there.
 */
export async function verifyStore(dir: string): Promise<Verification> {
	for (let attempt = 1; ; attempt++) {
		const before = await readIndex(dir);
		const verification = await verifyOnce(dir, before);
		const isSure = verification.findings.length === 0 || attempt === maxAttempts;
		// An export that ends meanwhile takes blobs away that were looked for.
		if (isSure || isDeepStrictEqual(before, await readIndex(dir))) {
			return verification;
		}
	}
}

const maxAttempts = 5;

async function verifyOnce(dir: string, index: LayoutIndex): Promise<Verification> {
	if (index.kind !== 'index') {
		const problem =
			index.kind === 'missing'
				? 'there is no index.json'
				: index.kind === 'failed'
					? index.reason
					: 'its index.json is broken';
		return {findings: [{kind: 'damage', problem}], blobs: 0, bytes: 0};
	}

	const findings: StoreFinding[] = [];
	const wanted = new Map<Digest, {readonly size: number | undefined; readonly tag: string}>();
	for (const entry of index.entries) {
		const tag = entry.tag ?? entry.digest;
		const reachable = await reachableFrom(entry, [dir]);
		if (reachable.kind !== 'blobs') {
			findings.push({kind: 'damage', tag, problem: reachable.kind === 'broken' ? reachable.problem : reachable.reason});
			continue;
		}

		for (const [digest, size] of reachable.blobs) {
			wanted.set(digest, {size, tag});
		}

		findings.push(...(await recordProblems(entry, dir)).map(problem => ({kind: 'damage', tag, problem}) as const));
	}

	const there = await blobSizes(dir);
	const problems = new Map<Digest, string>();
	let bytes = 0;
	const pending = [...wanted];
	const worker = async (): Promise<void> => {
		for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
			const [digest, {size}] = next;
			const own = there.get(digest);
			bytes += own ?? 0;
			const problem = await blobProblem(dir, digest, own, size);
			if (problem !== undefined) {
				problems.set(digest, problem);
			}
		}
	};
	await Promise.all(Array.from({length: parallel}, worker));
	for (const [digest, {tag}] of wanted) {
		const problem = problems.get(digest);
		findings.push(...(problem === undefined ? [] : [{kind: 'damage', tag, problem} as const]));
	}

	findings.push(
		...[...there.keys()].filter(digest => !wanted.has(digest)).map(unreferenced),
		...(await strayFiles(dir)),
	);
	return {findings, blobs: wanted.size, bytes};
}

async function blobProblem(
	dir: string,
	digest: Digest,
	own: number | undefined,
	size: number | undefined,
): Promise<string | undefined> {
	if (own === undefined) {
		return `blob ${digest} is not there`;
	}

	if (size !== undefined && own !== size) {
		return `blob ${digest} has ${own} bytes instead of ${size}`;
	}

	const actual = await hashBlob(dir, digest).catch((error: NodeJS.ErrnoException) => error);
	return actual === digest
		? undefined
		: actual instanceof Error
			? `blob ${digest} cannot be read (${actual.code})`
			: `blob ${digest} has other content: ${actual}`;
}

async function recordProblems(entry: LayoutEntry, dir: string): Promise<readonly string[]> {
	const manifest = await readBlob([dir], entry.digest);
	const config = manifest.kind === 'found' ? configOf(manifest.bytes) : undefined;
	const content = config === undefined ? undefined : await readBlob([dir], config.digest);
	// What is no cache has no records; a config that cannot be read is told with the other blobs.
	return manifest.kind === 'found' && content?.kind === 'found' ? resultProblems(manifest.bytes, content.bytes) : [];
}

/** What is wrong with a cache config. Results whose layers the manifest does not list are left out by BuildKit without a word. */
export function resultProblems(manifestBytes: Uint8Array, configBytes: Uint8Array): readonly string[] {
	const manifest = parseManifest(manifestBytes);
	if (manifest.kind === 'invalid') {
		return [];
	}

	const blobs = manifest.kind === 'image' ? manifest.layers : manifest.manifests;
	const result = parseCacheConfig(new TextDecoder().decode(configBytes), new Map(blobs.map(one => [one.digest, one])));
	if (result.kind === 'corrupt') {
		return [`its config is corrupt: ${result.message}`];
	}

	const written = asArray(member(parseJson(configBytes), 'records')) ?? [];
	return result.config.records.flatMap(({results}, index) => {
		const all = ['layers', 'chains'].flatMap(name => asArray(member(written[index], name)) ?? []);
		return results.length < all.length ? `record ${index} needs layers that the manifest does not list` : [];
	});
}

function unreferenced(digest: Digest): StoreFinding {
	return {kind: 'leftover', problem: `blob ${digest} is needed by nothing`};
}

async function strayFiles(dir: string): Promise<readonly StoreFinding[]> {
	const names = await readdir(dir).catch(() => []);
	return names
		.filter(name => /^\.(?:export|reading|load)-/.test(name))
		.map(name => ({kind: 'leftover', problem: `${name} is of a run that is going on or was ended`}));
}
