import type {KeyInput} from '../analyzer/index.ts';
import type {Cause} from './cause.ts';
import type {Found} from './found.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** What is new, or cannot be known, about the URLs and repositories among a step's inputs; `undefined` where they decide nothing. */
export function remoteCause(
	inputs: readonly KeyInput[],
	keys: VertexKeys,
	findOf: (vertex: KeyInput['vertex']) => Found,
): Cause | undefined {
	for (const input of inputs) {
		const {vertex} = input;
		if ((vertex.kind !== 'http' && vertex.kind !== 'git') || findOf(vertex).kind === 'key-only') {
			continue;
		}

		const result = keys.cacheMap(vertex);
		if (result.kind === 'unknown') {
			return {kind: 'undecided', reason: result.cause};
		}

		if (keys.content(input) !== undefined) {
			return {kind: 'remote', source: vertex.written};
		}

		return {
			kind: 'undecided',
			reason: `${vertex.written} is new to the cache: hit if it holds the same files as before, else miss${vertex.kind === 'http' ? '; --online tells' : ''}`,
		};
	}

	return undefined;
}
