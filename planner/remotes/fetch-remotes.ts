import {
	type GitVertex,
	type HttpVertex,
	type LoweredStage,
	type RemoteTable,
	recordDigest,
	remoteKey,
} from '../../analyzer/index.ts';
import {inputsFirst} from '../match-records.ts';
import type {RecordIndex} from '../record-index.ts';
import type {VertexKeys} from '../vertex-keys.ts';
import type {ReadRemote} from './read-remote.ts';

/** Adds to what is known of URLs what the plan of the given stages lacks. */
export async function fetchRemotes(
	readRemote: ReadRemote,
	stages: readonly LoweredStage[],
	keys: VertexKeys,
	caches: readonly RecordIndex[],
	known: RemoteTable,
): Promise<RemoteTable> {
	const requests = remoteRequests(stages, keys, caches).filter(one => !known.has(remoteKey(one)));
	const results = await Promise.all(
		requests.map(async vertex => [remoteKey(vertex), await readRemote(vertex)] as const),
	);
	return new Map([...known, ...results]);
}

// The sources of ADD that a plan would have to fetch, each once: those without a key of their own, and of pinned files
// those that no cache knows by it, as one may know their content.
function remoteRequests(
	stages: readonly LoweredStage[],
	keys: VertexKeys,
	caches: readonly RecordIndex[],
): readonly (HttpVertex | GitVertex)[] {
	const requests = new Map<string, HttpVertex | GitVertex>();
	const seen = new Set();
	for (const vertex of stages.flatMap(({steps}) => steps).flatMap(step => step.vertex ?? [])) {
		for (const part of inputsFirst(vertex, keys, seen)) {
			seen.add(part);
			if ((part.kind === 'http' || part.kind === 'git') && isOpen(part, keys, caches)) {
				requests.set(remoteKey(part), part);
			}
		}
	}

	return [...requests.values()];
}

function isOpen(vertex: HttpVertex | GitVertex, keys: VertexKeys, caches: readonly RecordIndex[]): boolean {
	const result = keys.cacheMap(vertex);
	if (result.kind !== 'known') {
		return true;
	}

	const isRecorded = result.map.digests.some(digest =>
		caches.some(index => index.byDigest(recordDigest(digest)).length > 0),
	);
	return vertex.kind === 'http' && !isRecorded;
}
