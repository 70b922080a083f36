import type {Step, Vertex} from '../analyzer/index.ts';
import type {CacheReading} from './caches/cache-source.ts';
import {recordMatcher} from './match-records.ts';
import type {RecordIndex} from './record-index.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** A cache that was read, made searchable. */
export interface ReadCache {
	readonly reading: CacheReading;
	readonly index: RecordIndex;
}

/** How much of a target a cache has, the weightiest first. */
interface Worth {
	/** The target itself with its layers: nothing else of the build is needed then. */
	readonly holdsTarget: boolean;
	/** Steps with layers, and steps it knows. */
	readonly held: number;
	readonly known: number;
}

/**
 * Of one --cache-from only the cache that has most of the target is used; on equal terms the first, which is the target's
 * own. Several with overlapping records lose hits by chance: where two have a record of one name, BuildKit keeps the key
 * of whichever answers first and asks only that one for layers (BuildKit solver/combinedcache.go Query and Records), and
 * an inline cache has records of all steps but layers only of its own image's. `undefined` of an empty group.
 */
export function bestCache(
	group: readonly ReadCache[],
	steps: readonly Step[],
	output: Vertex | undefined,
	keys: VertexKeys,
): ReadCache | undefined {
	let best: {readonly cache: ReadCache; readonly worth: Worth} | undefined;
	for (const cache of group) {
		const worth = worthOf(cache, steps, output, keys);
		if (best === undefined || isMore(worth, best.worth)) {
			best = {cache, worth};
		}
	}

	return best?.cache;
}

/** Whether a cache holds the layers of a vertex, whatever happens. */
export function holdsLayers({index}: ReadCache, vertex: Vertex, keys: VertexKeys): boolean {
	return [...recordMatcher(index, keys)(vertex).sure].some(position => index.hasResult(position));
}

function worthOf({index}: ReadCache, steps: readonly Step[], output: Vertex | undefined, keys: VertexKeys): Worth {
	const match = recordMatcher(index, keys);
	const holds = (vertex: Vertex): boolean => [...match(vertex).sure].some(position => index.hasResult(position));
	const vertices = steps.flatMap(({vertex}) => vertex ?? []);
	return {
		holdsTarget: output !== undefined && holds(output),
		held: vertices.filter(holds).length,
		known: vertices.filter(vertex => match(vertex).sure.size > 0).length,
	};
}

function isMore(one: Worth, other: Worth): boolean {
	if (one.holdsTarget !== other.holdsTarget) {
		return one.holdsTarget;
	}

	return one.held === other.held ? one.known > other.known : one.held > other.held;
}
