import {type Engine, type EngineKind, findEngine} from '../../planner/index.ts';
import type {CommandContext} from './command-context.ts';

/** What came of asking for an engine. */
export type Asked =
	| {readonly kind: 'engine'; readonly engine: Engine}
	| {readonly kind: 'none'}
	| {readonly kind: 'failed'; readonly message: string};

/** Which engine is meant, as the command line says it. */
export interface EngineFlags {
	readonly engine?: EngineKind | 'none';
	readonly builder?: string;
	readonly buildkit?: string;
}

/** A plan needs no engine; where one is at hand, it is the builder. --buildkit names a builder that is not. */
export async function askEngine(
	{engine: wanted, builder, buildkit}: EngineFlags,
	{env, homeDir, talk}: CommandContext,
): Promise<Asked> {
	const isDemanded = (wanted !== undefined && wanted !== 'none') || builder !== undefined;
	if (wanted === 'none' || (buildkit !== undefined && !isDemanded)) {
		return {kind: 'none'};
	}

	const search = await findEngine({
		env,
		homeDir,
		needsCacheExport: true,
		patienceMs: 10_000,
		onAsk: talk.debug,
		...(wanted !== undefined && {wanted}),
		...(builder !== undefined && {builder}),
	});
	if (search.kind === 'found') {
		const {kind, address, engineVersion, buildkitVersion, buildxVersion} = search.engine.info;
		const versions = [engineVersion, buildxVersion, buildkitVersion].map(version => version ?? '-').join(', ');
		talk.debug(`engine ${kind} at ${address}: ${search.reason}; Docker, buildx, BuildKit ${versions}`);
		return {kind: 'engine', engine: search.engine};
	}

	const tried = search.tried.map(({what, problem}) => `${what} (${problem})`).join('; ');
	return isDemanded ? {kind: 'failed', message: `no Docker engine can be reached; tried: ${tried}`} : {kind: 'none'};
}
