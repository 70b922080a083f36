import path from 'node:path';
import type {BuildRequest} from '../../planner/index.ts';
import type {TestEngine} from '../engine/test-engine.ts';

/** A way to keep a cache. */
export interface CacheKind {
	readonly name: string;
	readonly needsContainerdStore: boolean;
	/** The values of --cache-to and --cache-from for a cache with a name of its own. */
	place(engine: TestEngine, name: string): CachePlace;
}

export interface CachePlace {
	readonly to: string;
	readonly from: string;
	/** An inline cache is part of a pushed image. */
	readonly output: BuildRequest['output'];
	readonly tags: readonly string[];
}

export const cacheKinds: readonly CacheKind[] = [
	registry('registry-max', 'mode=max'),
	registry('registry-min', 'mode=min'),
	{
		name: 'inline',
		needsContainerdStore: false,
		place: (engine, name) => {
			const ref = `${engine.registry}/inline/${name}:latest`;
			return {to: 'type=inline', from: `type=registry,ref=${ref}`, output: 'push', tags: [ref]};
		},
	},
	{
		name: 'local-max',
		needsContainerdStore: true,
		place: (engine, name) => {
			const dir = path.join(engine.folder, 'matrix-caches', name);
			return {to: `type=local,dest=${dir},mode=max`, from: `type=local,src=${dir}`, output: 'none', tags: []};
		},
	},
	registry('registry-docker-index', 'mode=max,oci-mediatypes=false,image-manifest=false'),
	registry('registry-zstd', 'mode=max,compression=zstd,force-compression=true'),
];

function registry(name: string, attributes: string): CacheKind {
	return {
		name,
		needsContainerdStore: true,
		place: (engine, cache) => {
			const ref = `type=registry,ref=${engine.registry}/${name}/${cache}:cache`;
			return {to: `${ref},${attributes}`, from: ref, output: 'none', tags: []};
		},
	};
}
