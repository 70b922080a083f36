import type {Heredocs} from '../dockerfile/heredoc.ts';

/**
 * BuildKit's key arithmetic has changed a few times. A dialect is one row of that history: everything in which
 * the versions differ, as data. Sources: git history of moby/buildkit, each change with the first release that has it.
 */
export interface Dialect {
	/** First BuildKit release that computes keys this way: `0.18`, `0.15.2`. */
	readonly since: string;
	/** `--build-context` is there, so that a stage's name must be an image reference too (frontend/dockerui, v0.10). */
	readonly hasNamedContexts: boolean;
	/** `--shm-size`, `--ulimit` and `--cgroup-parent` reach RUN (frontend/dockerfile/builder/build.go, v0.10). */
	readonly hasRunLimits: boolean;
	/** A tmpfs mount has options of its own, empty ones too (client/llb/exec.go, v0.10). */
	readonly hasTmpfsOptions: boolean;
	/** `removeMountStubsRecursive: true` in exec meta (client/llb/exec.go, v0.11). */
	readonly removesMountStubs: boolean;
	/** A plain root mount has the selector "/" (solver/llbsolver/ops/exec.go, v0.13). */
	readonly selectsRootMount: boolean;
	/** Ids of cache mounts other than the default are blanked (exec.go checkShouldClearCacheOpts, v0.13). */
	readonly blanksCacheMountIds: boolean;
	/** COPY --chmod sets a mode with all its bits, and patterns leave folders alone that they do not take (fsutil/copy, v0.13). */
	readonly copiesModes: boolean;
	/** Secret, ssh and tmpfs mounts have no input and no selector (exec.go getMountDeps, v0.15.2). */
	readonly inputlessMounts: boolean;
	/** Protobuf fields that are zero are left out of the JSON (gogo → google protobuf, v0.17). */
	readonly omitsZeroFields: boolean;
	/** The key of COPY --link's merge is a digest, and not the text that it should be of (ops/merge.go, v0.13). */
	readonly hashesMerges: boolean;
	/** The JSON name of a numeric owner (gogo `byID`, v0.17 `ByID`, then `byId`). */
	readonly ownerById: 'byID' | 'ByID' | 'byId';
	/** The JSON name of a named owner. */
	readonly ownerByName: 'byName' | 'ByName';
	/** TARGETSTAGE is a built-in argument (dockerfile2llb/platform.go, v0.17). */
	readonly hasTargetStage: boolean;
	/** TARGETOSVERSION and BUILDOSVERSION are built-in arguments (v0.19). */
	readonly hasOsVersionArgs: boolean;
	/** WORKDIR takes its timestamp from SOURCE_DATE_EPOCH (convert.go dispatchWorkdir, v0.22). */
	readonly datesWorkdir: boolean;
	/** The default of a global ARG SOURCE_DATE_EPOCH counts too (convert.go resolveSourceDateEpoch, v0.29). */
	readonly hasGlobalEpoch: boolean;
	/** Every link that a wildcard, include or exclude pattern selects is followed, not those of the first level alone (checksum.go, until v0.25). */
	readonly followsAllMatches: boolean;
	/** How matches of a wildcard, include or exclude pattern are hashed (cache/contenthash/checksum.go, v0.9 and v0.26). */
	readonly patternHash: 'whole-folders' | 'base-names' | 'relative-paths';
	/** A mount without `from` counts as a stage when stages are numbered; before, only a cache mount (detectRunMount, v0.9). */
	readonly numbersAllMounts: boolean;
	/**
	 * What a heredoc is: nothing, so that its lines are instructions; in COPY and ADD a file without content (v0.9); its
	 * lines (v0.10) (parser/parser.go, instructions/parse.go; the build tag dfheredoc).
	 */
	readonly heredocs: Heredocs;
	/** The flags that the frontend has gained since BuildKit 0.8 (instructions/parse.go, commands_run*.go). */
	readonly stableFlags: readonly string[];
	/** Flags that only the labs frontend has (frontend/dockerfile/release/labs/tags). */
	readonly labsFlags: readonly string[];
	/** `required_paths` in COPY --parents (convert_copy.go, v0.26). */
	readonly hasRequiredPaths: boolean;
	/** ADD takes git repositories (dockerfile2llb convert.go, v0.11). */
	readonly hasGitSources: boolean;
	/** It reads them, but leaves building them to the labs frontend (dockerfile2llb convert_noaddgit.go, v0.11). */
	readonly refusesGitSources: boolean;
	/** A git URL has options behind a `?` (dfgitutil/git_ref.go, v0.24). */
	readonly hasGitQueries: boolean;
	/**
	 * Which of the ids that a remote lists for a name a git key is made of: the first; a branch's, or of a tag the
	 * commit's (v0.13); the same, but the tag's own where `.git` is kept (v0.26) (source/git/source.go CacheKey).
	 */
	readonly gitTags: 'first' | 'peeled' | 'peeled-unless-kept';
	/** Where `.git` is kept, its key has the reference's name (v0.17), or also a commit's own (v0.26). */
	readonly keptGitRef: 'none' | 'named' | 'always';
	/** A whole checksum is taken for the commit without asking the remote (source/git/source.go, v0.22 to v0.25). */
	readonly trustsGitChecksum: boolean;
	/** Last-Modified in the key of a URL: as it was sent, or parsed and written anew (source/http/source.go, v0.26). */
	readonly httpTime: 'as-sent' | 'formatted';
	/** Links of a cache with several ends can be lost while it is loaded (cache/remotecache/v1/cachestorage.go, v0.25). */
	readonly losesLinks: boolean;
}

const oldest: Dialect = {
	since: '0.8',
	hasNamedContexts: false,
	hasRunLimits: false,
	hasTmpfsOptions: false,
	removesMountStubs: false,
	selectsRootMount: false,
	blanksCacheMountIds: false,
	copiesModes: false,
	inputlessMounts: false,
	omitsZeroFields: false,
	hashesMerges: false,
	ownerById: 'byID',
	ownerByName: 'byName',
	hasTargetStage: false,
	hasOsVersionArgs: false,
	datesWorkdir: false,
	hasGlobalEpoch: false,
	followsAllMatches: true,
	patternHash: 'whole-folders',
	numbersAllMounts: false,
	heredocs: 'none',
	stableFlags: [],
	labsFlags: ['network', 'security'],
	hasRequiredPaths: false,
	hasGitSources: false,
	refusesGitSources: false,
	hasGitQueries: false,
	gitTags: 'first',
	keptGitRef: 'none',
	trustsGitChecksum: false,
	httpTime: 'as-sent',
	losesLinks: false,
};

/** A row of the history; `newFlags` come to those that are there. */
type Change = Partial<Omit<Dialect, 'stableFlags'>> & {readonly newFlags?: readonly string[]};

const changes: readonly Change[] = [
	{
		since: '0.9',
		patternHash: 'base-names',
		numbersAllMounts: true,
		heredocs: 'words',
		newFlags: ['network'],
		labsFlags: ['security'],
	},
	{
		since: '0.10',
		hasNamedContexts: true,
		hasRunLimits: true,
		hasTmpfsOptions: true,
		heredocs: 'read',
		newFlags: ['link'],
	},
	{
		since: '0.11',
		removesMountStubs: true,
		hasGitSources: true,
		refusesGitSources: true,
		newFlags: ['keep-git-dir'],
		labsFlags: ['security', 'checksum'],
	},
	{since: '0.12', refusesGitSources: false, newFlags: ['checksum', 'start-interval'], labsFlags: ['security']},
	{
		since: '0.13',
		selectsRootMount: true,
		blanksCacheMountIds: true,
		copiesModes: true,
		hashesMerges: true,
		gitTags: 'peeled',
		labsFlags: ['security', 'parents', 'exclude'],
	},
	{since: '0.15.2', inputlessMounts: true},
	{
		since: '0.17',
		omitsZeroFields: true,
		ownerById: 'ByID',
		ownerByName: 'ByName',
		hasTargetStage: true,
		keptGitRef: 'named',
	},
	{since: '0.18', ownerById: 'byId', ownerByName: 'byName'},
	{since: '0.19', hasOsVersionArgs: true},
	{since: '0.20', labsFlags: ['security', 'parents', 'exclude', 'device']},
	{since: '0.22', datesWorkdir: true, trustsGitChecksum: true},
	{since: '0.23', newFlags: ['unpack']},
	{since: '0.24', hasGitQueries: true},
	{
		since: '0.25',
		followsAllMatches: false,
		newFlags: ['exclude'],
		labsFlags: ['security', 'parents', 'device'],
		losesLinks: true,
	},
	{
		since: '0.26',
		patternHash: 'relative-paths',
		newFlags: ['parents', 'security'],
		labsFlags: ['device'],
		hasRequiredPaths: true,
		gitTags: 'peeled-unless-kept',
		keptGitRef: 'always',
		trustsGitChecksum: false,
		httpTime: 'formatted',
	},
	{since: '0.29', hasGlobalEpoch: true},
];

/** All dialects, oldest first. */
export const dialects: readonly Dialect[] = rows();

function rows(): readonly Dialect[] {
	const all = [oldest];
	let current = oldest;
	for (const {newFlags = [], ...change} of changes) {
		current = {...current, ...change, stableFlags: [...current.stableFlags, ...newFlags]};
		all.push(current);
	}

	return all;
}

/** The dialect of the newest BuildKit known here. */
export const newestDialect: Dialect = dialects.at(-1) ?? oldest;

/**
 * The dialect a BuildKit version speaks: the newest row that is not newer than it. `undefined` when the text is no
 * version (`v0.25.1`, `0.13`, `v0.26.0+unknown`). A version without its last number is the newest of its kind.
 */
export function dialectOf(version: string): Dialect | undefined {
	const wanted = partsOf(version);
	return wanted === undefined ? undefined : (dialects.findLast(row => !isBefore(wanted, row)) ?? oldest);
}

/** The last BuildKit release of a dialect, as far as its number tells: `0.25`, `0.15.1`; none for the newest. */
export function lastReleaseOf(dialect: Dialect): string | undefined {
	const next = dialects[dialects.indexOf(dialect) + 1];
	return next?.since.replace(/\d+$/, last => String(Number(last) - 1));
}

function isBefore(wanted: readonly number[], {since}: Dialect): boolean {
	const first = since.split('.').map(Number);
	const at = wanted.findIndex((part, index) => part !== (first[index] ?? 0));
	return at !== -1 && (wanted[at] ?? 0) < (first[at] ?? 0);
}

function partsOf(version: string): readonly number[] | undefined {
	const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
	return match === null
		? undefined
		: [Number(match[1]), Number(match[2]), Number(match[3] ?? Number.POSITIVE_INFINITY)];
}
