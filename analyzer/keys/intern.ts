import {sha256} from './digest.ts';
import type {TextBudget} from './text-budget.ts';
import type {Vertex} from './vertex.ts';

/**
 * A table that makes equal vertices identical: BuildKit tells inputs apart by the digest of their definition, so two
 * equal inline documents are one input. The definitions of all are charged to `budget`.
 */
export function internTable(budget: TextBudget): <T extends Vertex>(vertex: T) => T {
	const ids = new Map<Vertex, number>();
	const known = new Map<string, Vertex>();
	return <T extends Vertex>(vertex: T): T => {
		const text = JSON.stringify(vertex, (key, value: unknown) => {
			// What an image or a URL is called in the Dockerfile is no part of its definition; its identifier is.
			if (key === 'reference' || key === 'written') {
				return undefined;
			}

			// Inputs are interned before the vertices that use them.
			if (key !== '' && isVertex(value)) {
				return `vertex:${ids.get(value) ?? 'new'}`;
			}

			return typeof value === 'bigint' ? `${value}n` : value;
		});
		budget.left -= text.length;
		const key = text.length > MAX_KEY ? sha256(text) : text;
		const existing = known.get(key);
		if (existing !== undefined) {
			return existing as T;
		}

		ids.set(vertex, ids.size);
		known.set(key, vertex);
		return vertex;
	};
}

/** Longer texts are known by their digest: an environment is in every RUN behind it. */
const MAX_KEY = 500;

const vertexKinds = new Set(['image', 'context', 'http', 'git', 'exec', 'file', 'merge', 'unknown']);

function isVertex(value: unknown): value is Vertex {
	return typeof value === 'object' && value !== null && 'kind' in value && vertexKinds.has(String(value.kind));
}
