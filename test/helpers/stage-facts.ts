import {
	type BuildOptions,
	defaultExecOptions,
	dialectOf,
	formatReference,
	imageKey,
	lowerStages,
	newestDialect,
	type ParseResult,
	parseDockerfile,
	parsePlatform,
	parseReference,
	requiredImages,
	resolveStages,
	type Stage,
	type StageGraph,
	withDefaultTag,
} from '../../analyzer/index.ts';

// The version whose graphs are on record.
const dialect = dialectOf('0.26.3') ?? newestDialect;
const amd64 = {os: 'linux', architecture: 'amd64'};

/** What a case asks for. */
export interface Wish {
	readonly buildArgs?: Readonly<Record<string, string>>;
	readonly target?: string;
	readonly platform?: string;
}

/** One stage that the target needs. */
export interface StageFacts {
	readonly index: number;
	/** Normalised reference, or what the FROM names. */
	readonly base: string;
	readonly baseStage: number | null;
	/** Stages used by COPY and mounts. */
	readonly deps: readonly number[];
	/** Images used by COPY and mounts. */
	readonly externals: readonly string[];
}

/** What a graph comes to for one target, in a form that can be compared. */
export interface GraphFacts {
	readonly target: number;
	readonly needed: readonly number[];
	readonly stages: readonly StageFacts[];
	/** Images the needed stages name. */
	readonly refs: readonly string[];
}

/** A graph, or why there is none. */
export type Outcome = {readonly graph: StageGraph} | {readonly refusal: string};

/** Reads a Dockerfile. */
export function parse(text: string): ParseResult {
	return parseDockerfile({path: 'Dockerfile', text});
}

/** Resolves the stages for a wish and lowers them on images that set nothing but PATH. */
export function analyze(parsed: ParseResult, wish: Wish = {}): Outcome {
	if (parsed.kind === 'failed') {
		return {refusal: parsed.diagnostic.message};
	}

	const buildArgs = new Map(Object.entries(wish.buildArgs ?? {}));
	const platform = wish.platform === undefined ? undefined : parsePlatform(wish.platform, amd64);
	const options: BuildOptions = {
		buildArgs,
		...(wish.target !== undefined && {target: wish.target}),
		...(platform !== undefined && {platform}),
		buildPlatform: amd64,
	};
	const resolved = resolveStages(parsed.dockerfile, options, dialect);
	if (resolved.kind === 'failed') {
		return {refusal: resolved.diagnostics.map(one => one.message).join('; ')};
	}

	const {graph} = resolved;
	// Real bases work somewhere: `--mount=target=.` is refused where that is the root.
	const config = {env: ['PATH=/bin'], workingDir: '/srv', user: '', onBuild: []};
	const digest = `sha256:${'0'.repeat(64)}` as const;
	const images = new Map(
		requiredImages(graph).map(({reference, platform: of}) => [
			imageKey(reference, of),
			{kind: 'resolved', image: {digest, diffIds: [digest], platform: of, config}} as const,
		]),
	);
	const lowered = lowerStages({graph, images, buildArgs, execOptions: defaultExecOptions, dialect});
	return lowered.kind === 'failed' ? {refusal: lowered.diagnostics.map(one => one.message).join('; ')} : {graph};
}

/** The reference with domain and tag, as BuildKit resolves it. */
export function normalize(reference: string): string {
	const parsed = parseReference(reference);
	return parsed.kind === 'invalid' ? reference : formatReference(withDefaultTag(parsed.reference));
}

/** The facts of a graph: the needed stages alone. */
export function factsOf(graph: StageGraph): GraphFacts {
	const needed = graph.stages.filter(stage => stage.needed);
	return {
		target: graph.target,
		needed: needed.map(stage => stage.index),
		stages: needed.map(stage => stageFacts(stage)),
		refs: unique(requiredImages(graph).map(({reference}) => normalize(reference))),
	};
}

function stageFacts({index, base, source, dependencies, origins}: Stage): StageFacts {
	const images = [...origins.values()].flat().flatMap(origin => (origin?.kind === 'image' ? origin.reference : []));
	return {
		index,
		base:
			base.kind === 'image' ? normalize(base.reference) : base.kind === 'scratch' ? 'scratch' : source.from.image.text,
		baseStage: base.kind === 'stage' ? base.index : null,
		deps: unique(dependencies.filter(({kind}) => kind !== 'from').map(({stage}) => stage)),
		externals: images.map(image => normalize(image)).sort(),
	};
}

/** Each value once, sorted. */
export function unique<T extends string | number>(values: readonly T[]): readonly T[] {
	return [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What differs between two values that should be the same. */
export function difference(actual: unknown, expected: unknown): string | undefined {
	const [got, want] = [JSON.stringify(actual), JSON.stringify(expected)];
	return got === want ? undefined : `${got} instead of ${want}`;
}

/** What differs between an outcome and the graph it should be. */
export function graphDifference(outcome: Outcome, expected: GraphFacts): string | undefined {
	if ('refusal' in outcome) {
		return `refused: ${outcome.refusal}`;
	}

	const facts = factsOf(outcome.graph);
	const stages = expected.stages.map(({index, base, baseStage, deps, externals}) => ({
		index,
		// Of a base that is a stage only the number counts: the name may come out of a variable.
		base: baseStage === null ? base : (facts.stages.find(one => one.index === index)?.base ?? base),
		baseStage,
		deps: unique(deps),
		externals: [...externals].sort(),
	}));
	return difference(facts, {target: expected.target, needed: expected.needed, stages, refs: unique(expected.refs)});
}

/** What is wrong when an outcome should be a refusal. */
export function refusalDifference(outcome: Outcome, error: string): string | undefined {
	return 'refusal' in outcome ? undefined : `not refused: ${error}`;
}
