import type {Dockerfile, StageInstruction, StageSource} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {EnvList} from '../keys/env-list.ts';
import type {NamedContexts} from './named-context.ts';
import type {Origin} from './origin.ts';
import type {Platform} from './platform.ts';

/** What the caller decides about a build before anything is read. */
export interface BuildOptions {
	/** `--build-arg`, every name with its value. */
	readonly buildArgs: ReadonlyMap<string, string>;
	/** `--target`. */
	readonly target?: string;
	/** A stage by its index, where it has no name to ask for. */
	readonly targetIndex?: number;
	/** `--platform`. */
	readonly platform?: Platform;
	/** The platform the builder runs on. */
	readonly buildPlatform: Platform;
	/** `--build-context`, by the name each is looked up under. */
	readonly contexts?: NamedContexts;
}

/** ONBUILD triggers that base images bring, by the index of the stage that runs them. */
export type ImageTriggers = ReadonlyMap<number, readonly StageInstruction[]>;

/** How one stage uses another. */
export interface StageDependency {
	readonly kind: 'from' | 'copy' | 'mount';
	/** Index of the stage that is used. */
	readonly stage: number;
	readonly range: Range;
}

/** One `FROM` up to the next, its references resolved. */
export interface Stage {
	readonly index: number;
	/** Lower case, as BuildKit keeps it. */
	readonly name?: string;
	readonly source: StageSource;
	readonly base: Origin;
	/** A `--build-context` of its name stands in for it: `base` is that, and none of its instructions is run. */
	readonly replaced: boolean;
	/** `--platform` of its FROM. */
	readonly platform?: Platform;
	/** ONBUILD instructions that its base leaves for it, run before its own. */
	readonly triggers: readonly StageInstruction[];
	/** For each COPY and RUN of the stage what it reads besides the context: one origin per `--from`, or per mount. */
	readonly origins: ReadonlyMap<StageInstruction, readonly (Origin | undefined)[]>;
	readonly dependencies: readonly StageDependency[];
	/** The target needs it. */
	readonly needed: boolean;
	/** No other stage of the file uses it, and no context stands in for it. */
	readonly leaf: boolean;
}

/** A Dockerfile's stages as a directed graph, for one target and one set of build arguments. */
export interface StageGraph {
	readonly dockerfile: Dockerfile;
	readonly stages: readonly Stage[];
	readonly target: number;
	readonly targetPlatform: Platform;
	/** `--platform` was not given: the base image may decide. */
	readonly implicitPlatform: boolean;
	/** ARG values before the first FROM, and the built-in ones. */
	readonly globalArgs: EnvList;
	/** Stages in an order in which each comes after those it uses. */
	readonly order: readonly number[];
	/** BuildKit prefixes step names with the stage's name only where there is more than one. */
	readonly single: boolean;
}
