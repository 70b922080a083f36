import type {BaseImage} from '../graph/base-image.ts';
import type {Platform} from '../graph/platform.ts';
import type {GitSource} from './remote-source.ts';

/**
 * A content-addressable operation of the build graph (BuildKit solver/types.go), as the Dockerfile frontend makes
 * them. Inputs are other vertices; `undefined` is scratch, which is no vertex.
 */
export type Vertex =
	| ImageVertex
	| ContextVertex
	| HttpVertex
	| GitVertex
	| ExecVertex
	| FileVertex
	| MergeVertex
	| UnknownVertex;

/** An image pulled as a base or as the source of a copy or mount. */
export interface ImageVertex {
	readonly kind: 'image';
	/** As the Dockerfile or `--build-context` has it. */
	readonly reference: string;
	/** As BuildKit's source operation has it: two images are one input only where this is the same. */
	readonly identifier: string;
	readonly image: BaseImage;
	readonly platform: Platform;
}

/** The files of a build context. They have no key of their own: only what is selected of them counts. */
export interface ContextVertex {
	readonly kind: 'context';
	/** Name of a `--build-context`; absent: the main context. */
	readonly name?: string;
}

/** ADD of a URL (client/llb HTTP): keyed by its checksum, or by what is there at build time. */
export interface HttpVertex {
	readonly kind: 'http';
	readonly url: string;
	/** The name under which it is stored and copied. */
	readonly fileName: string;
	readonly checksum?: string;
	/** As the Dockerfile has it, without a login: what is in variables may be a secret. */
	readonly written: string;
}

/** ADD of a git repository (client/llb Git): keyed by the commit. */
export interface GitVertex extends Omit<GitSource, 'keepGitDir'> {
	readonly kind: 'git';
	readonly keepGitDir: boolean;
	/** As the Dockerfile has it, without a login. */
	readonly written: string;
}

/** RUN (pb.ExecOp). */
export interface ExecVertex {
	readonly kind: 'exec';
	readonly args: readonly string[];
	readonly env: readonly string[];
	readonly cwd: string;
	readonly user: string;
	readonly hostname: string;
	readonly network: NetworkMode;
	readonly insecure: boolean;
	readonly extraHosts: readonly string[];
	readonly ulimits: readonly Ulimit[];
	readonly cgroupParent: string;
	readonly devices: readonly {readonly name: string; readonly optional: boolean}[];
	/** The root first, then by target. */
	readonly mounts: readonly Mount[];
	readonly secretEnv: readonly {readonly id: string; readonly name: string; readonly optional: boolean}[];
	readonly secrets: readonly SecretMount[];
	readonly ssh: readonly SecretMount[];
	readonly platform: Platform;
}

export type NetworkMode = 'default' | 'host' | 'none';

export interface Ulimit {
	readonly name: string;
	readonly soft: number;
	readonly hard: number;
}

/** One mount of an exec. Only the root mount has an output. */
export interface Mount {
	readonly input: Vertex | undefined;
	readonly type: 'bind' | 'cache' | 'tmpfs';
	readonly target: string;
	/** Absolute path inside the input; absent: the whole of it. */
	readonly selector?: string;
	readonly readonly: boolean;
	readonly cache?: {readonly id: string; readonly sharing: 'shared' | 'private' | 'locked'};
	/** tmpfs size in bytes. */
	readonly size?: number;
}

/** A secret or ssh agent: its value never is in a key, where it appears is. */
export interface SecretMount {
	readonly id: string;
	readonly target: string;
	readonly uid: number;
	readonly gid: number;
	readonly mode: number;
	readonly optional: boolean;
}

/** COPY, ADD, WORKDIR and inline documents (pb.FileOp): actions one after the other on the base. */
export interface FileVertex {
	readonly kind: 'file';
	readonly base: Vertex | undefined;
	readonly actions: readonly FileAction[];
}

export type FileAction = MkdirAction | MkfileAction | CopyAction;

export interface MkdirAction {
	readonly kind: 'mkdir';
	readonly path: string;
	readonly mode: number;
	readonly makeParents: boolean;
	readonly owner?: Owner;
	/** Nanoseconds since the epoch; absent: the time of the build. */
	readonly timestamp?: bigint;
}

export interface MkfileAction {
	readonly kind: 'mkfile';
	readonly path: string;
	readonly mode: number;
	readonly data: string;
}

export interface CopyAction {
	readonly kind: 'copy';
	readonly source: Vertex | undefined;
	/** Absolute path in the source. */
	readonly path: string;
	readonly destination: string;
	readonly owner?: Owner;
	/** Octal `--chmod`. */
	readonly mode?: number;
	/** Symbolic `--chmod`. */
	readonly modeText?: string;
	/** A file or folder of the context or a stage: links followed, wildcards allowed, a folder's contents copied. */
	readonly plain: boolean;
	/** ADD: archives are unpacked. */
	readonly unpack: boolean;
	readonly include: readonly string[];
	readonly exclude: readonly string[];
	readonly required: readonly string[];
}

/** `--chown` or USER: names are looked up in the image, numbers are not. */
export interface Owner {
	readonly user?: string | number;
	readonly group?: string | number;
}

/** COPY --link: the copy on top of what was there (pb.MergeOp). */
export interface MergeVertex {
	readonly kind: 'merge';
	readonly inputs: readonly (Vertex | undefined)[];
}

/** An operation whose definition cannot be known before the build; `cause` says why. */
export interface UnknownVertex {
	readonly kind: 'unknown';
	readonly cause: string;
	readonly inputs: readonly Vertex[];
}
