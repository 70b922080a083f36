import type {IgnoreMatcher} from '../context/dockerignore.ts';
import type {DiagnosticNote, Severity} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Range, Word} from '../dockerfile/source.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';
import type {ImageTable} from '../keys/images.ts';
import type {LevelSetting} from './levels.ts';
import type {LintPolicy} from './policy.ts';
import type {RegistryFacts} from './registry-facts.ts';

/** One place that breaks a rule; the rule's name and severity are added by `lintDockerfile`. */
export interface Finding {
	/** One sentence without a final stop; names the thing in double quotes. */
	readonly message: string;
	/** The narrowest span that is wrong. */
	readonly range: Range;
	/** What to write instead. */
	readonly hint?: string;
	readonly notes?: readonly DiagnosticNote[];
	/** The steps that run again because of it, where the rule can tell: their instructions. */
	readonly reruns?: readonly Range[];
	/** Where a `# check=skip=` comment waives it, when that is not above its own place. */
	readonly waivedAt?: Range;
}

/** The top level of a build context. */
export interface ContextNames {
	/** What the folder holds, ignored or not. */
	readonly names: readonly string[];
	/** The Dockerfile's path below it; absent for one that lies elsewhere. */
	readonly dockerfile?: string;
}

/** What is known besides a Dockerfile and its options; a rule claims nothing that depends on what is absent. */
export interface LintKnowledge {
	/** The patterns of the ignore file that belongs to the Dockerfile; absent where there is none, or no context. */
	readonly ignore?: IgnoreMatcher;
	/** Base images by `imageKey`, as far as they were looked up. */
	readonly images?: ImageTable;
	/** What registries say about the images, with `--online`. */
	readonly registry?: RegistryFacts;
	/** What is wanted of the rules beside their own severity; the later ones count. */
	readonly levels?: readonly LevelSetting[];
	/** The folder that is built; absent where none is known. */
	readonly context?: ContextNames;
	/** How far images must be pinned; absent: `defaultPolicy`. */
	readonly policy?: LintPolicy;
}

/** What a rule about the text sees. */
export interface FileInput extends LintKnowledge {
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
	/** Off unless `# check=experimental=` names it; `skip` does not reach it then, as in BuildKit. */
	readonly experimental?: true;
	/** What its findings also depend on; without that a waiver of it may seem unused. */
	readonly dependsOn?: 'context' | 'images' | 'registry';
	/** BuildKit checks it for the file as a whole: only the options at the top of the file waive it. */
	readonly wholeFile?: true;
}

/** Needs the text only, so it runs also where the stages cannot be resolved. */
export interface FileRule extends RuleBase {
	readonly kind: 'file';
	/** BuildKit checks it while it reads the instructions: also those above one that is wrong. */
	readonly whileReading?: true;
	check(input: FileInput): Iterable<Finding>;
}

/** Needs resolved stages: it does not run on a file whose stages BuildKit would refuse. */
export interface GraphRule extends RuleBase {
	readonly kind: 'graph';
	check(input: GraphInput): Iterable<Finding>;
}

/** What a rule about waivers sees: it runs behind all others. */
export interface WaiverInput extends FileInput {
	/** The names in ignore comments that waived nothing. */
	readonly unused: readonly Word[];
	/** The names of all rules. */
	readonly ruleNames: readonly string[];
}

/** Looks at the comments that waive findings of other rules. */
export interface WaiverRule extends RuleBase {
	readonly kind: 'waivers';
	check(input: WaiverInput): Iterable<Finding>;
}

export type Rule = FileRule | GraphRule | WaiverRule;

/** Where a rule comes from: BuildKit, or what it is about. */
export type RuleGroup = 'buildkit' | 'graph' | 'pin' | 'cache' | 'waiver';

const groups: readonly RuleGroup[] = ['graph', 'pin', 'cache', 'waiver'];

/** The group of a rule, told by its name: BuildKit's names have no slash. */
export function groupOf({name}: Pick<Rule, 'name'>): RuleGroup {
	return groups.find(group => name.startsWith(`${group}/`)) ?? 'buildkit';
}

/** The name of a rule's page, without its ending: `pin-no-tag`, `json-args-recommended`. */
export function pageOf({name}: Pick<Rule, 'name'>): string {
	return name
		.replace('/', '-')
		.replaceAll(/([a-z])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$&-')
		.toLowerCase();
}
