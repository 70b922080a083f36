import {describeDifferences} from './preimages/describe-differences.ts';
import type {StepDifference} from './preimages/step-difference.ts';

/** What the ledger of a cache tells of a miss beyond what the cache itself does. */
export interface Explained {
	/** What is different from the build that wrote the cache. */
	readonly differences?: readonly StepDifference[];
	/** The step was found in a cache in that build. */
	readonly regression?: true;
}

/** Why a step misses, or why it cannot be told. */
export type Cause =
	/** No cache was found: everything runs. */
	| {readonly kind: 'cold'}
	/** No record of this step in any cache: its instruction, environment or options are new. */
	| ({readonly kind: 'definition'} & Explained)
	/** The step is known, but not with these files; `umask`: the same files, with the modes that this umask makes. */
	| ({readonly kind: 'content'; readonly sources: readonly string[]; readonly umask?: string} & Explained)
	/** The base image, or an image it copies from, is new to the cache. */
	| ({readonly kind: 'image'; readonly reference: string; readonly digest: string} & Explained)
	/** What a URL holds, or the commit of a git repository, is new to the cache. */
	| ({readonly kind: 'remote'; readonly source: string} & Explained)
	/** The cache has the step's key, but not its layers (mode=min, inline). */
	| {readonly kind: 'no-layers'}
	/** The same, and it runs only if the step of that line misses, which is unknown. */
	| {readonly kind: 'consumer'; readonly step: string; readonly line: number}
	/** `--no-cache`; `filter`: `--no-cache-filter` names the stage. */
	| {readonly kind: 'no-cache'; readonly filter?: true}
	/**
	 * `--max-age`: its record is older than the limit, or has no time (`untold`); with `step`, it is that step's, and
	 * this one is rebuilt with it.
	 */
	| {
			readonly kind: 'age';
			readonly limit: string;
			readonly untold?: true;
			readonly step?: string;
			readonly line?: number;
	  }
	/** A step it builds on misses or is unknown; `own` is what is new in the step itself besides. */
	| {readonly kind: 'parent'; readonly step: string; readonly line: number; readonly own?: Cause}
	/** It stands on the files of a folder, which have no key as a whole: it runs every time. */
	| {readonly kind: 'uncacheable'; readonly context: string}
	/** Builders differ here, and which one it will be is not known. */
	| {readonly kind: 'dialect'; readonly versions: readonly DialectOutcome[]}
	/** Decided by what a stage will hold after it has run. */
	| {readonly kind: 'output'; readonly stage: string}
	/** Decided by what a cache holds that cannot be read from here. */
	| {readonly kind: 'unread'; readonly cache: string; readonly reason: string}
	/** The cache has the step, but a layer of it is gone, or may be. */
	| {readonly kind: 'lost-layer'; readonly layer: string; readonly reason: string}
	/** Cannot be known before the build, for the reason given. */
	| {readonly kind: 'undecided'; readonly reason: string};

/** What a step comes to with the BuildKit versions of one dialect. */
export interface DialectOutcome {
	/** First release of the dialect. */
	readonly since: string;
	readonly outcome: 'hit' | 'miss' | 'unknown';
}

/** A cause in one short clause, as it stands behind `miss:` or `unknown:`. */
export function describeCause(cause: Cause): string {
	// Modes that another umask made say more than the files that have them.
	if (
		'differences' in cause &&
		cause.differences.length > 0 &&
		!(cause.kind === 'content' && cause.umask !== undefined)
	) {
		return `${describeDifferences(cause.differences)}${cause.regression === true ? ' (hit last time)' : ''}`;
	}

	switch (cause.kind) {
		case 'cold': {
			return 'no cache yet';
		}

		case 'definition': {
			return 'new to the cache: instruction, environment or options changed';
		}

		case 'content': {
			const sources = cause.sources.join(', ');
			return cause.umask === undefined
				? `files changed: ${sources}`
				: `only file modes differ: ${sources} (the cache has those of umask ${cause.umask}; set it before the checkout)`;
		}

		case 'image': {
			return `${cause.reference} is new to the cache (${cause.digest.slice(0, 19)}…)`;
		}

		case 'remote': {
			return `${cause.source} is new to the cache`;
		}

		case 'no-layers': {
			return 'the cache knows this step but holds no layers of it';
		}

		case 'consumer': {
			return `runs only if line ${cause.line} misses: the cache knows this step but holds no layers of it`;
		}

		case 'no-cache': {
			return cause.filter ? '--no-cache-filter' : '--no-cache';
		}

		case 'age': {
			const old = cause.untold ? `of unknown age, --max-age ${cause.limit}` : `older than ${cause.limit}`;
			return cause.line === undefined ? old : `rebuilt with line ${cause.line}, ${old}`;
		}

		case 'parent': {
			return `follows line ${cause.line}${cause.own === undefined ? '' : `; also ${describeCause(cause.own)}`}`;
		}

		case 'uncacheable': {
			return `it stands on the folder of --build-context ${cause.context}, which no cache can hold: it runs every time`;
		}

		case 'dialect': {
			const each = cause.versions.map(({since, outcome}) => `${outcome} with BuildKit ${since}`).join(', ');
			return `${each}; name your builder's with --buildkit`;
		}

		case 'output': {
			return `hit if the output of ${cause.stage} is unchanged, else miss`;
		}

		case 'unread': {
			return `decided by what ${cause.cache} holds: ${cause.reason}`;
		}

		case 'lost-layer': {
			return `layer ${cause.layer.slice(0, 19)}… of it: ${cause.reason}; the build fails where it needs it, or runs the step again (engines without the containerd image store)`;
		}

		case 'undecided': {
			return cause.reason;
		}
	}
}
