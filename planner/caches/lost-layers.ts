import {stat} from 'node:fs/promises';
import path from 'node:path';
import type {Digest} from '../../analyzer/index.ts';
import {blobFile} from '../images/oci-layout.ts';
import type {BlobPresence} from '../images/registry-client.ts';
import type {CacheReading} from './cache-source.ts';
import type {CacheAccess} from './read-cache.ts';
import {registryReference} from './registry.ts';

/** Layers that a cache has no more, or that could not be checked, each with the reason in one clause. */
export type LostLayers = ReadonlyMap<Digest, string>;

/** A layer and its compressed size in bytes, where that is known. */
interface Layer {
	readonly blob: Digest;
	readonly size?: number;
}

/** How many registry requests run at once. */
const parallel = 8;

/**
 * Looks whether the caches still hold layers that their configs list: registries collect garbage without asking who
 * needs it. A registry is asked by HEAD, a folder for the file; nothing is read.
 */
export async function findLostLayers(
	readings: readonly CacheReading[],
	wanted: ReadonlySet<Digest>,
	access: CacheAccess,
): Promise<LostLayers> {
	const lost = new Map<Digest, string>();
	for (const reading of readings) {
		const lookUp = presenceIn(reading, access);
		if (lookUp === undefined || reading.kind !== 'found') {
			continue;
		}

		const layers = new Map(reading.config.layers.map(layer => [layer.blob, layer]));
		const pending = [...layers.values()].filter(({blob}) => wanted.has(blob));
		const worker = async (): Promise<void> => {
			for (let layer = pending.pop(); layer !== undefined; layer = pending.pop()) {
				const problem = problemOf(layer, await lookUp(layer.blob));
				if (problem !== undefined) {
					lost.set(layer.blob, problem);
				}
			}
		};
		await Promise.all(Array.from({length: parallel}, worker));
	}

	return lost;
}

function problemOf(layer: Layer, presence: BlobPresence): string | undefined {
	switch (presence.kind) {
		case 'missing':
			return 'it is no longer there';
		case 'failed':
			return `whether it is there is not known: ${presence.reason}`;
		case 'found':
			return presence.size === undefined || layer.size === undefined || presence.size === layer.size
				? undefined
				: `it has ${presence.size} bytes instead of ${layer.size}`;
	}
}

function presenceIn(
	{spec}: CacheReading,
	{client, cwd}: CacheAccess,
): ((digest: Digest) => Promise<BlobPresence>) | undefined {
	switch (spec.kind) {
		case 'registry': {
			const reference = registryReference(spec);
			return reference === undefined ? undefined : digest => client.headBlob(reference, digest);
		}

		case 'local':
			return digest => fileSize(blobFile(path.resolve(cwd, spec.dir), digest));
		case 'inline':
		case 'stages':
		case 'other':
			return undefined;
	}
}

async function fileSize(file: string): Promise<BlobPresence> {
	const found = await stat(file).catch(() => undefined);
	return found?.isFile() ? {kind: 'found', size: found.size} : {kind: 'missing'};
}
