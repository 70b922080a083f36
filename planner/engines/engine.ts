import type {BaseImage} from '../../analyzer/index.ts';
import type {Transfer} from '../cost/bandwidth.ts';

/** Everything an engine needs for one solve: one target, its caches, its output. Values are already validated. */
export interface BuildRequest {
	/** Absolute path of the build context. */
	readonly contextDir: string;
	/** Absolute path of the Dockerfile. */
	readonly dockerfile: string;
	/** Stage name or index; the last stage when absent. */
	readonly target?: string;
	/** `--build-arg` names and values, in the order given. */
	readonly buildArgs: readonly (readonly [name: string, value: string])[];
	readonly platform?: string;
	/** Values of `--build-context`, folders absolute. */
	readonly buildContexts: readonly string[];
	/** Values of `--cache-from`, in buildx's CSV. */
	readonly cacheFrom: readonly string[];
	/** Values of `--cache-to`, in buildx's CSV. */
	readonly cacheTo: readonly string[];
	/** `none` keeps the result in the builder only. */
	readonly output: 'none' | 'load' | 'push';
	readonly tags: readonly string[];
	/** The image alone, without attestations: an index of both would be another thing under the tag. */
	readonly isBare?: boolean;
	/** `--no-cache`, or values of `--no-cache-filter`. */
	readonly noCache: boolean | readonly string[];
	readonly pull: boolean;
	readonly run?: RunOptions;
	/**
	 * What the build may read, after `.dockerignore`: slash-separated paths relative to the context, a folder before
	 * what is in it. Asked only by an engine to which the context has to be sent whole.
	 */
	contextPaths(): Iterable<string>;
}

/** Options that reach RUN, each as on buildx's command line. */
export interface RunOptions {
	readonly network?: string;
	/** `name:address`. */
	readonly addHosts?: readonly string[];
	/** Bytes. */
	readonly shmSize?: number;
	/** `nofile=1024:2048`. */
	readonly ulimits?: readonly string[];
	readonly cgroupParent?: string;
	/** `id=…,src=…`: where to find a secret, never its value. */
	readonly secrets?: readonly string[];
	readonly ssh?: readonly string[];
}

/** One thing an engine reports while it builds (BuildKit client.SolveStatus, flattened). */
export type BuildEvent =
	| {
			readonly kind: 'vertex';
			/** Digest of the vertex: comparable only within one solve. */
			readonly digest: string;
			/** As BuildKit names it: `[build 2/5] COPY app.txt ./`. */
			readonly name: string;
			readonly inputs: readonly string[];
			readonly cached: boolean;
			/** Milliseconds since the epoch. */
			readonly started?: number;
			readonly completed?: number;
			readonly error?: string;
	  }
	| {readonly kind: 'log'; readonly vertex: string; readonly stream: 'stdout' | 'stderr'; readonly text: string}
	/**
	 * A part of a vertex's work that is no run of it, as the pulling of a layer; `at` in milliseconds since the epoch.
	 */
	| {
			readonly kind: 'progress';
			readonly vertex: string;
			readonly at: number;
			/** Digest of the layer that is being fetched, and how much of it is here. */
			readonly layer?: string;
			readonly bytes?: number;
	  }
	/** A layer has been moved, from a registry or cache (`pull`) or to a cache (`push`). */
	| ({readonly kind: 'transfer'} & Transfer)
	| {readonly kind: 'warning'; readonly vertex: string; readonly message: string; readonly line?: number}
	/** The build begins anew, without caches: what was told of vertices until now is void. */
	| {readonly kind: 'restart'}
	/** A line the engine or its client printed outside any vertex. */
	| {readonly kind: 'message'; readonly text: string};

/** How a build ended. `lost`: the engine went away in the middle. */
export type BuildOutcome =
	| {readonly kind: 'built'; readonly imageDigest?: string}
	| {readonly kind: 'failed'; readonly message: string}
	| {readonly kind: 'lost'; readonly message: string}
	| {readonly kind: 'aborted'};

/** What an engine can do, asked once. */
export interface EngineInfo {
	readonly kind: EngineKind;
	/** The address in use, without credentials. */
	readonly address: string;
	/** Version of the Docker Engine, when there is one. */
	readonly engineVersion?: string;
	/** Version of the BuildKit inside, when it says so (`v0.25.1`). */
	readonly buildkitVersion?: string;
	readonly buildxVersion?: string;
	/** mode=max caches can be exported (`type=registry`, `type=local`). */
	readonly canExportCache: boolean;
	/** An image of its own stands in for a cache of that name in a registry. */
	readonly takesOwnImages: boolean;
	/** Default platform, `linux/amd64`. */
	readonly platform: string;
	/** How it reaches registries, when it says so. */
	readonly registries?: EngineRegistries;
}

export interface EngineRegistries {
	/** URLs that are asked first for images of Docker Hub. */
	readonly mirrors: readonly string[];
	/** Hosts that are spoken to without encryption. */
	readonly insecure: readonly string[];
}

export type EngineKind = 'docker' | 'buildx';

/** A builder that cachecast drives. Errors of the build are outcomes; only our own bugs throw. */
export interface Engine {
	readonly info: EngineInfo;
	build(request: BuildRequest, onEvent: (event: BuildEvent) => void, signal: AbortSignal): Promise<BuildOutcome>;
	/**
	 * The image that the builder would take for a reference without asking a registry: a local one of that name is
	 * used as it is unless `pull` is asked for. Undefined when there is none, or the builder has no local images.
	 */
	localImage(reference: string): Promise<BaseImage | undefined>;
	/** Releases sockets and child processes. */
	close(): Promise<void>;
}

/** What came of looking for an engine: the one in use with the reason for the choice, or everything that was tried. */
export type EngineSearch =
	| {readonly kind: 'found'; readonly engine: Engine; readonly reason: string}
	| {readonly kind: 'none'; readonly tried: readonly EngineAttempt[]};

export interface EngineAttempt {
	/** `DOCKER_HOST=tcp://…`, `context "desktop-linux"`, `/var/run/docker.sock`. */
	readonly what: string;
	/** Why it did not work, in a few words. */
	readonly problem: string;
}
