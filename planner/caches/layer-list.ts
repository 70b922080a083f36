import type {Digest} from '../../analyzer/index.ts';

/** Layers as a config lists them: each once per chain that it lies on. */
export interface LayerList<L> {
	readonly layers: readonly (L & {readonly parent: number})[];
	/** Where the layers of a chain are, lowest first; those that are not there yet are added. */
	chain(layers: readonly L[]): readonly number[];
}

/** An empty list. */
export function layerList<L extends {readonly blob: Digest}>(): LayerList<L> {
	const layers: (L & {readonly parent: number})[] = [];
	const known = new Map<string, number>();
	return {
		layers,
		chain(blobs) {
			const chain: number[] = [];
			for (const layer of blobs) {
				const parent = chain.at(-1) ?? -1;
				const key = `${parent} ${layer.blob}`;
				const index = known.get(key) ?? layers.push({...layer, parent}) - 1;
				known.set(key, index);
				chain.push(index);
			}

			return chain;
		},
	};
}
