import type {Dialect, Digest, Frontend, Platform, Stage, StageGraph} from '../analyzer/index.ts';
import type {CacheReading} from './caches/cache-source.ts';
import type {PlanCost} from './cost/plan-cost.ts';
import type {StepForecast} from './forecast.ts';
import type {Outcome} from './found.ts';
import type {NoCache} from './ignores-cache.ts';
import type {ImageLookup} from './images/image-lookup.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** What will happen when one target is built by a builder that has nothing but the given caches. */
export interface Plan {
	readonly graph: StageGraph;
	readonly stages: readonly PlannedStage[];
	readonly summary: PlanSummary;
	/** What the steps that run will take; absent where no cache has a ledger. */
	readonly cost?: PlanCost;
	readonly platform: Platform;
	/** What the builder has to be told, so that it does not take what the plan does not: `--no-cache`, and the stages that `--max-age` rebuilds. */
	readonly noCache: NoCache;
	readonly dialect: DialectChoice;
	readonly frontend: Frontend;
	/** What its steps are keyed by, in that dialect. */
	readonly keys: VertexKeys;
	/** `--build-arg`, to tell which of them a step uses; never shown. */
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly caches: readonly PlannedCache[];
	/** Of `--build-context` those that nothing in the file names, each with the name that may have been meant. */
	readonly unusedContexts: readonly UnusedContext[];
	/** Images the needed stages name, as far as they are known. */
	readonly images: readonly PlannedImage[];
	readonly result: PlannedResult;
}

/** What decides on the image that a build would make. */
export interface PlannedResult {
	/** Reads the files that it depends on, and hashes them, where the plan did not. */
	definition(): ResultDefinition;
	/** Its layers, lowest first, where all steps hit and the caches hold them. */
	readonly layers?: readonly Digest[];
}

export type ResultDefinition =
	/** `frontend`: the image of the frontend, whose digest counts too. */
	| {readonly kind: 'known'; readonly digest: Digest; readonly frontend?: string}
	| {readonly kind: 'open'; readonly reason: string};

export interface UnusedContext {
	readonly name: string;
	/** `did you mean "…"?` */
	readonly hint?: string;
}

/** A cache that was read. Of the caches of one `--cache-from` a target uses one, and one that cannot be read from here. */
export interface PlannedCache {
	readonly reading: CacheReading;
	readonly used: boolean;
	/** It has the layers of the target itself. */
	readonly holdsTarget: boolean;
}

export interface PlannedStage {
	readonly stage: Stage;
	/** Empty for a stage the target does not need. */
	readonly steps: readonly StepForecast[];
}

export interface PlannedImage {
	readonly reference: string;
	readonly platform: Platform;
	readonly result: ImageLookup;
	/** `--check-base`, of an image that is pinned by digest and has a tag. */
	readonly pin?: PinState;
}

/** How a digest stands to the tag that was written with it; `digest` is what the tag points at now. */
export type PinState =
	| {readonly kind: 'current' | 'behind'; readonly tag: string; readonly digest: Digest}
	| {readonly kind: 'open'; readonly tag: string; readonly reason: string};

/** How many steps of each outcome; steps that BuildKit does not cache are not counted. */
export interface PlanSummary extends Counts {
	readonly unknown: number;
	/** If all that is unknown hits. */
	readonly best: Counts;
	/** If all that is unknown misses. */
	readonly worst: Counts;
	/** What hits that are needed have to be pulled, each layer once, those of base images too. */
	readonly pull: Pull;
}

export interface Counts {
	readonly hit: number;
	readonly miss: number;
}

export interface Pull {
	readonly layers: number;
	/** Compressed; of layers whose size the cache does not tell, nothing. */
	readonly bytes: number;
}

/** Whose key arithmetic was used, and why. */
export interface DialectChoice {
	readonly dialect: Dialect;
	/** `given`: --buildkit; `engine`: the builder says so; `cache`: it finds the most records; `default`: nothing to go by. */
	readonly by: 'given' | 'engine' | 'cache' | 'default';
	/** The BuildKit version that was given or told. */
	readonly version?: string;
	/** By the cache: the oldest of the dialects that find as much, `dialect` being the newest. */
	readonly from?: Dialect;
}

/** Counts the outcomes of a plan's steps. */
export function summarize(steps: readonly StepForecast[]): PlanSummary {
	const count = (outcome: Outcome) => steps.filter(step => step.outcome === outcome).length;
	const [hit, miss, unknown] = [count('hit'), count('miss'), count('unknown')];
	return {
		hit,
		miss,
		unknown,
		best: {hit: hit + unknown, miss},
		worst: {hit, miss: miss + unknown},
		pull: pullOf(steps.filter(({needed}) => needed)),
	};
}

/** The layers behind some results, each once. */
export function pullOf(steps: readonly StepForecast[]): Pull {
	const sizes = new Map(
		steps.flatMap(({result}) => (result?.layers ?? []).map(({blob, size}) => [blob, size ?? 0] as const)),
	);
	return {layers: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0)};
}
