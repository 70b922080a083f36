import type {Vertex} from '../analyzer/index.ts';
import type {CacheMatch, Match} from './match-records.ts';
import {inputsOf, keyInputs, type VertexKeys} from './vertex-keys.ts';

/** What is asked when it is worked out which results a build needs. */
export interface NeedsInput {
	/** Vertices the build must end with: the target's output. */
	readonly outputs: readonly Vertex[];
	readonly keys: VertexKeys;
	/** Whether the case looked at is the one in which all that is unknown turns out well, or the one in which none does. */
	readonly branch: 'best' | 'worst';
	/** There are caches that could not be read. */
	readonly mayBeElsewhere: boolean;
	/** The vertex is loaded from a cache in this case. */
	isLoaded(vertex: Vertex): boolean;
	/** The records of each cache that a vertex matches. */
	matchesOf(vertex: Vertex): readonly CacheMatch[];
}

/**
 * The vertices whose results a build needs, each with the one that needs it, from the target backwards. What is made of
 * a loaded result is not needed; but an input that is found by its content alone, there or anywhere below, must be made
 * to be hashed (BuildKit solver/edge.go, desiredStateDep and computeCacheKeyFromDep).
 */
export function neededVertices(input: NeedsInput): ReadonlyMap<Vertex, Vertex | undefined> {
	const needed = new Map<Vertex, Vertex | undefined>(input.outputs.map(output => [output, undefined]));
	// Those whose records are looked up, and no more.
	const matched = new Set<Vertex>();
	const pending = [...input.outputs];
	for (let vertex = pending.pop(); vertex !== undefined; vertex = pending.pop()) {
		const isMade = needed.has(vertex) && !input.isLoaded(vertex);
		const inputs = vertex.kind === 'unknown' && !isMade ? [] : inputsOf(vertex, input.keys);
		for (const [at, one] of inputs.entries()) {
			if (isMade || !isFound(vertex, at, input)) {
				if (!needed.has(one)) {
					needed.set(one, vertex);
					pending.push(one);
				}
			} else if (!matched.has(one) && !needed.has(one)) {
				matched.add(one);
				pending.push(one);
			}
		}
	}

	return needed;
}

// A record that the vertex matches is linked to one that this input matches.
function isFound(vertex: Vertex, at: number, input: NeedsInput): boolean {
	const {vertex: source, selector, content} = keyInputs(vertex, input.keys)[at] ?? {};
	if (source === undefined || content === undefined || (input.branch === 'best' && input.mayBeElsewhere)) {
		return true;
	}

	const records = (match: Match | undefined) => (input.branch === 'best' ? match?.possible : match?.sure) ?? new Set();
	const ofSource = input.matchesOf(source);
	return input.matchesOf(vertex).some(({index, match}, cache) => {
		const known = records(ofSource[cache]?.match);
		const own = records(match);
		return (
			known === 'any' ||
			own === 'any' ||
			[...own].some(position =>
				(index.record(position)?.inputs[at] ?? []).some(
					link =>
						link.selector === selector &&
						known.has(link.link) &&
						(input.branch === 'best' || !index.mayLose(position, at, link)),
				),
			)
		);
	});
}
