import path from 'node:path';
import type {Digest} from '../../analyzer/index.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import type {Plan} from '../plan.ts';
import {withLock} from './folder-lock.ts';
import {withManifest, withUse} from './layout-index.ts';
import {makeWorkFolder} from './owner.ts';
import {readStored, writeBlobs} from './stored-blobs.ts';
import {formatStoredCache} from './stored-cache.ts';
import {entriesOf, takeOver} from './take-over.ts';

/** What of a local cache was of use. */
export interface CacheUse {
	/** Absolute. */
	readonly dir: string;
	readonly tag: string;
	/** Layers of the steps that hit. */
	readonly layers: ReadonlySet<Digest>;
}

/** What plans use of the local caches that a build would write: the layers of all steps that hit. */
export function usesOf(plans: readonly Plan[], written: readonly CacheSpec[], cwd: string): readonly CacheUse[] {
	const dirs = new Set(written.flatMap(spec => (spec.kind === 'local' ? path.resolve(cwd, spec.dir) : [])));
	const uses = new Map<string, CacheUse>();
	for (const {stages, caches} of plans) {
		const steps = stages.flatMap(stage => stage.steps);
		const layers = steps.flatMap(({result}) => result?.layers.map(({blob}) => blob) ?? []);
		for (const {reading, used} of caches) {
			const {kind, spec} = reading;
			const dir = spec.kind === 'local' ? path.resolve(cwd, spec.dir) : '';
			if (used && kind === 'found' && spec.kind === 'local' && dirs.has(dir)) {
				const key = JSON.stringify([dir, spec.tag]);
				uses.set(key, {dir, tag: spec.tag, layers: new Set([...(uses.get(key)?.layers ?? []), ...layers])});
			}
		}
	}

	return [...uses.values()];
}

/**
 * Notes that a build used results of a local cache without writing it, as one for which nothing had to be built: limits
 * by days count from then on. Only times change, in a new config under a new manifest that the index gets by one rename.
 * Throws nothing: gives what went wrong, in one sentence each.
 */
export async function markUsed(uses: readonly CacheUse[], now: number): Promise<readonly string[]> {
	const problems: string[] = [];
	for (const use of uses) {
		try {
			await withLock(use.dir, () => mark(use, now));
		} catch (error) {
			problems.push(`the use of cache "${use.dir}" was not noted: ${error instanceof Error ? error.message : error}`);
		}
	}

	return problems;
}

async function mark({dir, tag, layers}: CacheUse, now: number): Promise<void> {
	const entries = await entriesOf(dir);
	const entry = entries.find(one => one.tag === tag);
	const cache = entry === undefined ? undefined : await readStored(entry, [dir], entry.usedAt ?? now);
	if (entry === undefined || cache === undefined || (entry.usedAt ?? 0) >= now) {
		return;
	}

	const lastUse = entry.usedAt ?? now;
	const records = cache.records.map(record => {
		// What has no layers takes no room, and nothing tells whether it was of use.
		const isUsed = record.results.every(({chain}) => chain.length === 0)
			? record.usedAt >= lastUse
			: record.results.some(({chain}) => chain.length > 0 && chain.every(blob => layers.has(blob)));
		return isUsed ? {...record, usedAt: now} : record;
	});
	const written = formatStoredCache({...cache, records}, now);
	const staged = await makeWorkFolder(dir, 'export');
	try {
		await writeBlobs(staged.dir, written);
		const {digest, bytes} = written.manifest;
		const next = withManifest(withUse(entry, now), {digest, size: bytes.byteLength});
		await takeOver(
			dir,
			entries.map(one => (one === entry ? next : one)),
			staged.dir,
		);
	} finally {
		await staged.remove();
	}
}
