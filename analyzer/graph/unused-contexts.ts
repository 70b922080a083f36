import type {NamedContexts} from './named-context.ts';
import type {Origin} from './origin.ts';
import type {StageGraph} from './stage.ts';

/** The contexts that stand in for nothing in the file: no stage, base, COPY or mount has their name. */
export function unusedContexts({stages}: StageGraph, contexts: NamedContexts): readonly string[] {
	const used = new Set(
		stages.flatMap(({base, origins}) => [base, ...[...origins.values()].flat()].flatMap(origin => nameOf(origin))),
	);
	return [...contexts.keys()].filter(name => !used.has(name));
}

function nameOf(origin: Origin | undefined): readonly string[] {
	return origin === undefined || origin.kind === 'stage' || origin.context === undefined ? [] : [origin.context];
}
