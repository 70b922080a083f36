import type {Digest} from '../../analyzer/index.ts';
import type {Mark} from './mark.ts';

/** What tells a step of a build, so that it can be found in another one. */
export interface StepName {
	/** `STAGE:POSITION`, as in the plan. */
	readonly id: string;
	/** The stage's name, `stage-1` for one without. */
	readonly stage: string;
	readonly line: number;
	/** Upper case: `RUN`. */
	readonly keyword: string;
	/** The instruction as the Dockerfile has it, variables unexpanded, inline documents behind it. */
	readonly text: string;
}

/** What the key of a step is made of, so that two builds can be compared. Holds no value of a variable, only marks. */
export interface StepPreimage extends StepName {
	/** The record's digest; absent where it cannot be known. */
	readonly key?: Digest;
	/** Of the definition with all its parts; differs wherever anything but files, images and parents does. */
	readonly definition: Mark;
	/** Build arguments that are in its environment, or that its text uses. */
	readonly args: ReadonlyMap<string, Mark>;
	/** The same of ENV, the base image's too. */
	readonly env: ReadonlyMap<string, Mark>;
	readonly bases: readonly BasePart[];
	/** What it takes from URLs and repositories. */
	readonly remotes: readonly RemotePart[];
	readonly reads: readonly ReadPart[];
	/** Ids of the steps whose results it stands on or copies from. */
	readonly parents: readonly string[];
}

/** An image that a step stands on or copies from. */
export interface BasePart {
	/** As the Dockerfile has it, variables unexpanded. */
	readonly written: string;
	readonly digest: Digest;
	readonly layers?: number;
}

export interface RemotePart {
	/** As the Dockerfile has it, without a login. */
	readonly written: string;
	/** Of what is there; absent where it is not known. */
	readonly mark?: Mark;
}

/** What a step reads of one build context. */
export interface ReadPart {
	/** The name of a `--build-context`; absent: the main context. */
	readonly context?: string;
	/** The patterns of the ignore file in force. */
	readonly ignore: readonly string[];
	/** By path. Absent where there are too many to keep. */
	readonly files?: ReadonlyMap<string, FilePart>;
	/** Files without folders. */
	readonly total: number;
	/** The mark that a file would have with another mode; only of files that are at hand. */
	remark?(path: string, mode: number): Mark | undefined;
}

export interface FilePart {
	readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'device' | 'block-device';
	/** Permission bits with setuid, setgid and sticky. */
	readonly mode: number;
	/** Of header and bytes (a folder: of its header only), so that another mode gives another mark. */
	readonly mark: Mark;
}
