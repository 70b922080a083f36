import type {Diagnostic} from './diagnostic.ts';
import type {Range, SourceFile, Word} from './source.ts';

/** A flag as written: `--name=value`; a boolean flag without a value has none. */
export interface Flag {
	readonly name: string;
	readonly value?: string;
	readonly range: Range;
}

/** A here-document of RUN, COPY or ADD (BuildKit parser.Heredoc). */
export interface Heredoc {
	/** The delimiter without quotes. */
	readonly name: string;
	/** 0 unless a number stands before `<<`. */
	readonly fileDescriptor: number;
	/** Variables in the body are expanded: the delimiter was not quoted. */
	readonly expand: boolean;
	/** `<<-`: leading tabs of the body are dropped when it is used. */
	readonly chomp: boolean;
	/** The body with its newlines, unexpanded; for `<<-` with its leading tabs still in place. */
	readonly content: string;
}

/** What every instruction carries. */
export interface InstructionBase {
	/** The keyword as written (`FROM`, `from`). */
	readonly keyword: string;
	readonly keywordRange: Range;
	/** From the keyword to the end of the last line, heredoc bodies included. */
	readonly range: Range;
	/** The logical line: continuation lines joined, comments and empty lines inside dropped (BuildKit Node.Original). */
	readonly text: string;
	readonly flags: readonly Flag[];
	readonly heredocs: readonly Heredoc[];
	/** Comment lines directly above, without `#` and blanks around (BuildKit Node.PrevComment). */
	readonly comments: readonly string[];
}

/** A command in shell form keeps its text, in exec form its JSON array. */
export type Command =
	| {readonly form: 'shell'; readonly text: string}
	| {readonly form: 'exec'; readonly args: readonly string[]};

/** `NAME=value`; the value still has its quotes and variables. */
export interface NameValue {
	readonly name: string;
	readonly value: string;
	/** The old form `NAME value`, without `=` (BuildKit KeyValuePair.NoDelim). */
	readonly noDelimiter: boolean;
	readonly range: Range;
}

/** ARG declares one or more names, each with or without a default. */
export interface ArgDeclaration {
	readonly name: string;
	readonly value?: string;
	readonly range: Range;
}

export type MountType = 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';

/** `--mount=` with the options BuildKit knows, unexpanded (BuildKit instructions/commands_runmount.go). */
export interface RunMount {
	readonly type: MountType;
	readonly from?: Word;
	readonly source?: string;
	readonly target?: string;
	readonly readonly: boolean;
	/** `required` of secret and ssh. */
	readonly required: boolean;
	/** Cache id, secret id or ssh id; absent when not given. */
	readonly id?: string;
	readonly sharing?: 'shared' | 'private' | 'locked';
	/** tmpfs size in bytes. */
	readonly size?: number;
	readonly mode?: number;
	readonly uid?: number;
	readonly gid?: number;
	/** `env` of a secret: the variable it is put into. */
	readonly env?: string;
	readonly range: Range;
}

export interface FromInstruction extends InstructionBase {
	readonly kind: 'from';
	readonly image: Word;
	/** The word between image and name, as written: `AS`, `as`. */
	readonly as?: Word;
	/** The stage name as written. */
	readonly name?: Word;
	readonly platform?: Word;
}

export interface RunInstruction extends InstructionBase {
	readonly kind: 'run';
	/** The command after the flags; with heredocs, the first line only (the bodies are in `heredocs`). */
	readonly command: Command;
	/** Those that can be read as they stand; `parseMount` reads the flag again once variables are known. */
	readonly mounts: readonly RunMount[];
	/** Wrong options of mounts: BuildKit finds them only when it builds the stage. */
	readonly mountProblems: readonly Diagnostic[];
	readonly network?: 'default' | 'none' | 'host';
	readonly security?: 'sandbox' | 'insecure';
	/** The values of `--device`, for `parseDevice`. */
	readonly devices: readonly string[];
}

/** A COPY or ADD source that is the body of a heredoc: a file called `name`. */
export interface HeredocSource {
	readonly name: string;
	/** The body, leading tabs already dropped for `<<-`. */
	readonly data: string;
	readonly expand: boolean;
}

interface TransferInstruction extends InstructionBase {
	/** Source paths in order, without the heredocs. */
	readonly sources: readonly Word[];
	readonly heredocSources: readonly HeredocSource[];
	readonly destination: Word;
	readonly chown?: string;
	readonly chmod?: string;
	readonly link: boolean;
	readonly parents: boolean;
	readonly excludes: readonly string[];
}

export interface CopyInstruction extends TransferInstruction {
	readonly kind: 'copy';
	readonly from?: Word;
}

export interface AddInstruction extends TransferInstruction {
	readonly kind: 'add';
	readonly checksum?: string;
	readonly keepGitDir?: boolean;
	readonly unpack?: boolean;
}

export interface EnvInstruction extends InstructionBase {
	readonly kind: 'env';
	readonly pairs: readonly NameValue[];
}

export interface ArgInstruction extends InstructionBase {
	readonly kind: 'arg';
	readonly args: readonly ArgDeclaration[];
}

export interface LabelInstruction extends InstructionBase {
	readonly kind: 'label';
	readonly pairs: readonly NameValue[];
}

export interface WorkdirInstruction extends InstructionBase {
	readonly kind: 'workdir';
	readonly path: Word;
}

export interface UserInstruction extends InstructionBase {
	readonly kind: 'user';
	readonly user: Word;
}

export interface ShellInstruction extends InstructionBase {
	readonly kind: 'shell';
	readonly shell: readonly string[];
}

/** CMD and ENTRYPOINT. */
export interface CommandInstruction extends InstructionBase {
	readonly kind: 'cmd' | 'entrypoint';
	readonly command: Command;
}

export interface ExposeInstruction extends InstructionBase {
	readonly kind: 'expose';
	readonly ports: readonly Word[];
}

export interface VolumeInstruction extends InstructionBase {
	readonly kind: 'volume';
	readonly volumes: readonly string[];
}

export interface StopsignalInstruction extends InstructionBase {
	readonly kind: 'stopsignal';
	readonly signal: Word;
}

export interface HealthcheckInstruction extends InstructionBase {
	readonly kind: 'healthcheck';
	/** `NONE` switches the base's check off. */
	readonly command: Command | 'none';
}

export interface MaintainerInstruction extends InstructionBase {
	readonly kind: 'maintainer';
	readonly maintainer: string;
}

export interface OnbuildInstruction extends InstructionBase {
	readonly kind: 'onbuild';
	/** The trigger's text after ONBUILD: BuildKit stores it in the image config. */
	readonly expression: string;
	/**
	 * The trigger as an instruction of its own; its ranges point into this file. Absent when it is wrong: BuildKit finds
	 * that out only in the build that uses the image.
	 */
	readonly trigger?: StageInstruction;
}

/** What may stand inside a stage. */
export type StageInstruction =
	| RunInstruction
	| CopyInstruction
	| AddInstruction
	| EnvInstruction
	| ArgInstruction
	| LabelInstruction
	| WorkdirInstruction
	| UserInstruction
	| ShellInstruction
	| CommandInstruction
	| ExposeInstruction
	| VolumeInstruction
	| StopsignalInstruction
	| HealthcheckInstruction
	| MaintainerInstruction
	| OnbuildInstruction;

export type Instruction = FromInstruction | StageInstruction;

/** One FROM up to the next. */
export interface StageSource {
	readonly from: FromInstruction;
	readonly instructions: readonly StageInstruction[];
}

/** `# syntax=`, `# escape=` and `# check=` at the top of the file. */
export interface Directive {
	readonly name: 'syntax' | 'escape' | 'check';
	readonly value: string;
	readonly range: Range;
}

/** A Dockerfile that BuildKit would accept as text: instructions in order, cut into stages. */
export interface Dockerfile {
	readonly source: SourceFile;
	readonly escape: '\\' | '`';
	readonly directives: readonly Directive[];
	/** ARG instructions before the first FROM. */
	readonly globalArgs: readonly ArgInstruction[];
	readonly stages: readonly StageSource[];
	/** What BuildKit warns of while parsing (empty continuation lines …). */
	readonly warnings: readonly Diagnostic[];
}

/**
 * BuildKit stops at the first error; so do we, with its place. `before`: the instructions above it, where the file could be
 * cut up and one of them is wrong in itself.
 */
export type ParseResult =
	| {readonly kind: 'parsed'; readonly dockerfile: Dockerfile}
	| {readonly kind: 'failed'; readonly diagnostic: Diagnostic; readonly before?: Dockerfile};
