import {type Digest, type KeyInput, sha256, type Vertex} from '../../analyzer/index.ts';
import type {VertexKeys} from '../vertex-keys.ts';

/**
 * Tells a vertex apart as a cache does: by the digests of its definition and, of each input, by its own identity and by
 * what of its content is in the key. Unlike a record's digest it covers all that the vertex stands on. What only the
 * build can tell is left out and said to `onOpen`, in one clause.
 */
export function vertexIdentity(keys: VertexKeys, onOpen: (reason: string) => void): (vertex: Vertex) => Digest {
	const known = new Map<Vertex, Digest>();
	const identify = (vertex: Vertex): Digest => {
		const result = known.get(vertex) ?? sha256(JSON.stringify(describe(vertex)));
		known.set(vertex, result);
		return result;
	};
	const describe = (vertex: Vertex): readonly unknown[] => {
		const result = keys.cacheMap(vertex);
		switch (result.kind) {
			case 'known': {
				return ['known', result.map.digests, result.map.inputs.map(input => describeInput(input))];
			}

			case 'unknown': {
				onOpen(result.cause);
				return ['unknown', vertex.kind === 'unknown' ? vertex.inputs.map(input => identify(input)) : []];
			}

			// The files of a context have no identity: what is selected of them counts.
			case 'keyless': {
				return ['keyless'];
			}
		}
	};
	const describeInput = (input: KeyInput): readonly unknown[] => [
		identify(input.vertex),
		input.selector,
		input.vertex.kind === 'context' && input.content !== undefined ? contentOf(input) : undefined,
	];
	const contentOf = (input: KeyInput): Digest | undefined => {
		const content = keys.content(input);
		if (content?.kind === 'digest') {
			return content.digest;
		}

		onOpen(keys.openReason(input) ?? 'what is read of the build context is known only in the build');
		return undefined;
	};

	return identify;
}
