import type {Digest} from '../../analyzer/index.ts';

/** One thing that is another one in the key of a step than it was. */
export type StepDifference =
	/** There was no such step. */
	| {readonly kind: 'new'}
	| {readonly kind: 'text'; readonly before: string; readonly after: string}
	/** A build argument or a variable of the environment; `uses`: RUN steps of the plan that have it. */
	| {readonly kind: 'arg' | 'env'; readonly name: string; readonly change: Change; readonly uses?: Uses}
	/** The image of that name is another one now. */
	| {
			readonly kind: 'base';
			readonly written: string;
			readonly before: Digest;
			readonly after: Digest;
			/** How many layers it has more (or fewer, below zero); absent where that was not kept. */
			readonly layers?: number;
	  }
	/** It stands on, or copies from, an image of another name. */
	| {readonly kind: 'base-name'; readonly before: string; readonly after: string}
	| {readonly kind: 'remote'; readonly written: string}
	/** Files that it reads from a context; at most {@link mostChanges} of the changes are listed. */
	| {
			readonly kind: 'files';
			readonly context?: string;
			/** How many changed, and how many it reads now. */
			readonly changed: number;
			readonly total: number;
			readonly changes: readonly FileChange[];
	  }
	/** The ignore file lets in, or leaves out, what it did not before: the folders or files nearest to the root. */
	| {
			readonly kind: 'ignore-file';
			readonly context?: string;
			readonly change: 'lets-in' | 'leaves-out';
			readonly paths: readonly string[];
	  }
	/** Something in its definition that is none of the above: a flag of the build, the platform, the builder's version. */
	| {readonly kind: 'options'};

export type Change = 'changed' | 'added' | 'removed';

export interface Uses {
	readonly steps: number;
	/** Of the first of them. */
	readonly line: number;
}

/** What became of one file, link or folder. */
export type FileChange =
	| {readonly kind: 'file-content' | 'file-added' | 'file-removed' | 'file-type'; readonly path: string}
	/** Its mode, and `content` where that too. */
	| {
			readonly kind: 'file-mode';
			readonly path: string;
			readonly before: number;
			readonly after: number;
			readonly content: boolean;
	  };

/** How many changes of one step are listed. */
export const mostChanges = 20;
