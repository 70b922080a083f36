import type {CacheMapResult} from './cache-map.ts';
import type {Dialect} from './dialect.ts';
import {execCacheMap} from './exec-key.ts';
import {fileCacheMap} from './file-key.ts';
import {imageCacheMap} from './image-key.ts';
import {mergeCacheMap} from './merge-key.ts';
import {gitCacheMap, httpCacheMap} from './remote-key.ts';
import {noRemotes, type RemoteTable} from './remotes.ts';
import type {Vertex} from './vertex.ts';

/**
 * The cache map of a vertex in a dialect (BuildKit solver/llbsolver/ops: exec.go, file.go, merge.go, source.go).
 * Pure: no file is read; content keys are left as selectors, and what URLs hold comes in `remotes`.
 */
export function cacheMapOf(vertex: Vertex, dialect: Dialect, remotes: RemoteTable = noRemotes): CacheMapResult {
	switch (vertex.kind) {
		case 'exec': {
			return {kind: 'known', map: execCacheMap(vertex, dialect)};
		}

		case 'file': {
			return {kind: 'known', map: fileCacheMap(vertex, dialect)};
		}

		case 'merge': {
			return {kind: 'known', map: mergeCacheMap(vertex, dialect)};
		}

		case 'image': {
			return {kind: 'known', map: imageCacheMap(vertex)};
		}

		case 'context': {
			return {kind: 'keyless'};
		}

		case 'http': {
			return httpCacheMap(vertex, dialect, remotes);
		}

		case 'git': {
			return gitCacheMap(vertex, dialect, remotes);
		}

		case 'unknown': {
			return {kind: 'unknown', cause: vertex.cause};
		}
	}
}
