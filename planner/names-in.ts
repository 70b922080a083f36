import {contextName, type StageGraph} from '../analyzer/index.ts';

/** Names of stages and images that a `--build-context` can stand in for. */
export function namesIn({stages}: StageGraph): readonly string[] {
	return stages.flatMap(({name, base, origins}) =>
		[base, ...[...origins.values()].flat()]
			.flatMap(origin => (origin?.kind === 'image' ? (contextName(origin.reference) ?? []) : []))
			.concat(name ?? []),
	);
}
