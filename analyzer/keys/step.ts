import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Instruction} from '../dockerfile/instruction.ts';
import type {Vertex} from './vertex.ts';

/** One instruction of a needed stage, and what it became. */
export interface Step {
	/** `STAGE:POSITION`: the stage's index and the position of the instruction in it, FROM being 0; ONBUILD triggers count. */
	readonly id: string;
	readonly stage: number;
	readonly instruction: Instruction;
	/** It comes from an ONBUILD trigger of the base: `instruction` then is the trigger, and its place that of FROM. */
	readonly trigger: boolean;
	/** What is cached; absent for instructions that BuildKit does not build (ENV, LABEL, CMD …). */
	readonly vertex?: Vertex;
	/** How BuildKit numbers it: `[build 2/5]`. */
	readonly number?: StepNumber;
}

export interface StepNumber {
	/** The stage's name, `stage-1` for one without, '' where the Dockerfile has one stage only. */
	readonly stage: string;
	readonly index: number;
	readonly total: number;
}

/** The steps of one stage, and what a stage built on it starts from. */
export interface LoweredStage {
	readonly stage: number;
	readonly steps: readonly Step[];
	/** The stage's result; `undefined` is scratch. */
	readonly output: Vertex | undefined;
}

/** A path that a build reads from a context, and so has its client send. */
export interface FollowedPath {
	/** The name of a `--build-context`; `undefined`: the main context. */
	readonly context: string | undefined;
	/** Absolute, perhaps with wildcards. */
	readonly path: string;
}

export type LoweredStages =
	| {readonly kind: 'lowered'; readonly stages: readonly LoweredStage[]; readonly followed: readonly FollowedPath[]}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};
