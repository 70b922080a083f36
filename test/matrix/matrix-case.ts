/** Options of a build, named as on the command line; what a plan and a build are both asked for. */
export interface CaseFlags {
	readonly buildArgs: readonly string[];
	readonly target?: string;
	readonly platform?: string;
	readonly network?: string;
	readonly addHosts: readonly string[];
	readonly shmSize?: string;
	readonly ulimits: readonly string[];
	readonly cgroupParent?: string;
	readonly noCache: boolean;
	/** `name=folder`, relative to the folder the context lies in. */
	readonly buildContexts: readonly string[];
	/** Names of secrets → their values; only the build is told. */
	readonly secrets: Readonly<Record<string, string>>;
}

export const noFlags: CaseFlags = {
	buildArgs: [],
	addHosts: [],
	ulimits: [],
	noCache: false,
	buildContexts: [],
	secrets: {},
};

/** A Dockerfile of the matrix and what it is built from. `{{base}}` and other names in braces are images of the run. */
export interface MatrixCase {
	readonly name: string;
	readonly dockerfile: string;
	/** A folder of `samples/` as the context; the common files where absent. */
	readonly sample?: string;
	readonly flags: CaseFlags;
	/** Files it reads: the first gets every kind of change, the others some. */
	readonly files: readonly string[];
	/** Folders it reads. */
	readonly folders: readonly string[];
	/** Symbolic links it reads. */
	readonly links: readonly string[];
	/** First BuildKit that can build it, `0.13`. */
	readonly since?: string;
	/** It needs an engine that holds images of other platforms and several outputs (the containerd image store). */
	readonly needsContainerdStore?: boolean;
}

/** A case with what is usual where nothing else is said. */
export function matrixCase(name: string, dockerfile: string, rest: Partial<MatrixCase> = {}): MatrixCase {
	return {name, dockerfile, flags: noFlags, files: ['lib/a.txt'], folders: ['lib'], links: ['lib/link.txt'], ...rest};
}

/** Where and with what a case is built: changed by mutations. */
export interface Project {
	/** Holds `app`, the context, and `shared`, a folder for named contexts. */
	readonly dir: string;
	readonly dockerfile: string;
	readonly flags: CaseFlags;
	/** The image that `{{base}}` stands for. */
	readonly base: string;
}

/** One change to a case. */
export interface Mutation {
	readonly name: string;
	/** Gives the changed project; undefined where the change does not apply. May change files below `dir`. */
	apply(project: Project): Promise<Project | undefined>;
}
