import {type CacheMap, distinctVertices} from './cache-map.ts';
import type {Dialect} from './dialect.ts';
import {sha256} from './digest.ts';
import {goJson, omitEmpty} from './go-json.ts';
import type {MergeVertex} from './vertex.ts';

/** The cache map of COPY --link's merge (BuildKit solver/llbsolver/ops/merge.go). */
export function mergeCacheMap({inputs}: MergeVertex, dialect: Dialect): CacheMap {
	const distinct = distinctVertices(inputs);
	const indexes = inputs.map(input => (input === undefined ? -1 : distinct.indexOf(input)));
	const preimage = goJson({
		Type: 'buildkit.merge.v0',
		Merge: {inputs: indexes.map(index => ({input: dialect.omitsZeroFields ? omitEmpty(index) : index}))},
	});
	return {
		digests: [dialect.hashesMerges ? sha256(preimage) : preimage],
		preimages: [preimage],
		inputs: distinct.map(vertex => ({vertex})),
	};
}
