import type {DiagnosticNote, Severity} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';

/** One place that breaks a rule; the rule's name and severity are added by `lintDockerfile`. */
export interface Finding {
	/** One sentence without a final stop; names the thing in double quotes. */
	readonly message: string;
	/** The narrowest span that is wrong. */
	readonly range: Range;
	/** What to write instead. */
	readonly hint?: string;
	readonly notes?: readonly DiagnosticNote[];
}

/** What a rule about the text sees. */
export interface FileInput {
	readonly dockerfile: Dockerfile;
	/** Build arguments, target and platform to lint for. */
	readonly options: BuildOptions;
}

/** What a rule about stages and images sees besides: references are expanded and resolved. */
export interface GraphInput extends FileInput {
	readonly graph: StageGraph;
}

interface RuleBase {
	/** BuildKit's name where BuildKit has the rule, so that `# check=skip=` works for both; else `group/kebab-case`. */
	readonly name: string;
	readonly severity: Severity;
	/** One line: what should be. The first line of the rule's page. */
	readonly summary: string;
}

/** Needs the text only, so it runs also where the stages cannot be resolved. */
export interface FileRule extends RuleBase {
	readonly kind: 'file';
	check(input: FileInput): Iterable<Finding>;
}

/** Needs resolved stages: it does not run on a file whose stages BuildKit would refuse. */
export interface GraphRule extends RuleBase {
	readonly kind: 'graph';
	check(input: GraphInput): Iterable<Finding>;
}

export type Rule = FileRule | GraphRule;
