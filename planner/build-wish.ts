import type {Platform} from '../analyzer/index.ts';
import type {Actual} from './actual.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import type {ContextSpec} from './context-flag.ts';
import type {BuildRequest, RunOptions} from './engines/engine.ts';
import type {StepForecast} from './forecast.ts';
import type {Leaf} from './leaf-caches.ts';
import type {Plan} from './plan.ts';
import type {Keep} from './store/keep.ts';

/** What is wanted of a build beside the plan. */
export interface BuildWish {
	readonly cwd: string;
	readonly buildArgs: ReadonlyMap<string, string>;
	readonly contexts: readonly ContextSpec[];
	/** What a target that the user asked for is called. */
	readonly tagsOf: (target: BuildTarget) => readonly string[];
	readonly output: BuildRequest['output'];
	/** `--cache-to`; none: the default cache. */
	readonly cacheTo: readonly CacheSpec[];
	/** The default cache is written when no `--cache-to` is given. */
	readonly exportDefault: boolean;
	/** What stays in local caches beside what this build uses. */
	readonly keep: Keep;
	readonly pull: boolean;
	/** Options of RUN, as on buildx's command line. */
	readonly run: RunOptions;
	/** How many targets are built at the same time. */
	readonly jobs: number;
}

/** One solve of a build: a stage, or the target the user asked for. */
export interface BuildTarget {
	/** The stage's name as BuildKit shows it. */
	readonly label: string;
	/** As it is told: the label, and the platform where there are several. */
	readonly title: string;
	/** As it was asked for. */
	readonly platform?: Platform;
	/** The stage, where it is built for its own sake. */
	readonly stage?: Leaf;
	/** The leaf whose cache is exported. */
	readonly leaf?: Leaf;
	/** What it is pushed as for the cache of its stage. */
	readonly images: readonly string[];
	readonly plan: Plan;
	/** It is what the user asked for: its image is tagged, loaded or pushed. */
	readonly isFinal: boolean;
}

/** What a build tells while it goes on. */
export type BuildProgress =
	| {readonly kind: 'target'; readonly target: BuildTarget}
	| {readonly kind: 'step'; readonly target: BuildTarget; readonly forecast: StepForecast; readonly actual: Actual}
	| {readonly kind: 'log'; readonly forecast: StepForecast; readonly text: string}
	| {readonly kind: 'message'; readonly text: string};
