import type {LintedFile, Severity} from '../../../planner/index.ts';

/** What was found and how it counts. */
export interface LintReport {
	readonly files: readonly LintedFile[];
	/** The severities that make the exit code 1. */
	readonly failing: readonly Severity[];
	/** Of cachecast. */
	readonly version: string;
	/** The page of a rule in Markdown; nothing for what is no rule. */
	readonly pageOfRule: (name: string) => string | undefined;
}
