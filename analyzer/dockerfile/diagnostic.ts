import type {Range} from './source.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Something to tell the user about one place of a Dockerfile: a mistake, or a lint finding. */
export interface Diagnostic {
	/** The rule that found it: a lint rule's name, or `syntax`, `graph`, `context` for what stops a plan. */
	readonly rule: string;
	readonly severity: Severity;
	/** One sentence without a final stop; names the thing in double quotes. */
	readonly message: string;
	/** The path the user gave. */
	readonly file: string;
	/** The narrowest span that is wrong. */
	readonly range: Range;
	/** What to do about it. */
	readonly hint?: string;
	/** Other places that belong to it ("first used here"). */
	readonly notes?: readonly DiagnosticNote[];
	/** The instructions of the steps that run again because of it. */
	readonly reruns?: readonly Range[];
}

/** A second place of a diagnostic, in the same file. */
export interface DiagnosticNote {
	readonly message: string;
	readonly range: Range;
}
