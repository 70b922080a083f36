import type {Digest} from '../../analyzer/index.ts';

/** Layers of a cache with the blobs that its manifest has. */
export interface LayerTable {
	readonly layers: readonly {readonly blob: Digest; readonly parent: number}[];
	readonly blobs: {has(digest: Digest): boolean};
}

/** Layer indexes, lowest first; `lost` when the manifest lacks a blob of the chain; `broken` as in a corrupt cache. */
export type LayerChain =
	| {readonly kind: 'chain'; readonly chain: readonly number[]}
	| {readonly kind: 'lost'}
	| {readonly kind: 'broken'; readonly problem: string};

/** Follows parents from a layer down to the one without (BuildKit cache/remotecache/v1/parse.go getRemoteChain). */
export function chainFromTop(top: number, {layers, blobs}: LayerTable): LayerChain {
	const downwards: number[] = [];
	const visited = new Set<number>();
	for (let index = top; index !== -1 || visited.size === 0; ) {
		const layer = layers[index];
		if (layer === undefined || visited.has(index)) {
			return broken(layer === undefined ? `there is no layer ${index}` : `layer ${index} is its own parent`);
		}

		if (!blobs.has(layer.blob)) {
			return {kind: 'lost'};
		}

		visited.add(index);
		downwards.push(index);
		index = layer.parent;
	}

	return {kind: 'chain', chain: downwards.reverse()};
}

/** Checks a chain that is written out: parents do not count. */
export function writtenChain(chain: readonly number[], {layers, blobs}: LayerTable): LayerChain {
	for (const index of chain) {
		const layer = layers[index];
		if (layer === undefined) {
			return broken(`there is no layer ${index}`);
		}

		if (!blobs.has(layer.blob)) {
			return {kind: 'lost'};
		}
	}

	return {kind: 'chain', chain};
}

function broken(problem: string): LayerChain {
	return {kind: 'broken', problem};
}
