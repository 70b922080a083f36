import type {StageGraph, Step} from '../analyzer/index.ts';

/** `--no-cache`, or of `--no-cache-filter` the names of the stages. */
export type NoCache = boolean | readonly string[];

/** The same, the stages by their index. */
export type NoCacheStages = boolean | ReadonlySet<number>;

/**
 * Among the names of `--no-cache-filter`: the stages that have none. BuildKit splits the values at commas and compares
 * what is between them with the stage's name, which is '' for these; '' alone would mean all stages.
 */
export const namelessStages = ',';

/** The stages that are meant; names ignore case, and unknown ones do no harm (BuildKit frontend/dockerui/config.go IsNoCache). */
export function noCacheStages(noCache: NoCache, {stages}: StageGraph): NoCacheStages {
	if (typeof noCache === 'boolean') {
		return noCache;
	}

	const names = new Set(noCache.map(name => name.toLowerCase()));
	return new Set(
		stages.flatMap(({name, index}) =>
			names.has(name === undefined ? namelessStages : name.toLowerCase()) ? index : [],
		),
	);
}

/** RUN, COPY and ADD ignore the cache; WORKDIR is looked up all the same (BuildKit dockerfile2llb, llb.IgnoreCache). */
export function ignoresCache({instruction, stage}: Step, noCache: NoCacheStages): boolean {
	return (
		(typeof noCache === 'boolean' ? noCache : noCache.has(stage)) &&
		(instruction.kind === 'run' || instruction.kind === 'copy' || instruction.kind === 'add')
	);
}
