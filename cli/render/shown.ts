import type {Drawing} from './drawing/drawing.ts';
import type {Standing} from './step-words.ts';

/** What a page or a comment shows of one target and platform: a plan, or what a change rebuilds. */
export interface Shown {
	/** `Dockerfile → target`. */
	readonly subject: string;
	/** Where there are several platforms. */
	readonly platform?: string;
	/** What it comes to, in one line. */
	readonly summary: string;
	/** What has to be said with it, one sentence each. */
	readonly notes: readonly string[];
	/** What each step is told to be: `Forecast`. */
	readonly column: string;
	/** What becomes of a step that another one brings about: `run`. */
	readonly fate: string;
	/** Stages that have steps. */
	readonly stages: readonly ShownStage[];
	readonly drawing: Drawing;
}

export interface ShownStage {
	readonly index: number;
	readonly label: string;
	/** What it stands on. */
	readonly base: string;
	/** `3 hit, 1 miss`. */
	readonly counts: string;
	readonly steps: readonly ShownStep[];
}

export interface ShownStep {
	readonly line: number;
	readonly text: string;
	readonly standing: Standing;
	/** `hit`, `rebuilt`; '' for what is not cached at all. */
	readonly word: string;
	/** Why, in one clause. */
	readonly why?: string;
	/** What else is known of it, each with its name. */
	readonly facts: readonly (readonly [name: string, text: string])[];
}
