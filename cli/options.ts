import path from 'node:path';
import {
	type AgeLimit,
	type CacheSpec,
	type ContextSpec,
	createReadRemote,
	type DialectChoice,
	dialectOf,
	type ExecOptions,
	loadAttributes,
	type PlanRequest,
	type Platform,
	parseAgeFlag,
	parseCacheFlag,
	parseContextFlag,
	storeFolder,
} from '../planner/index.ts';
import {buildArguments} from './build-arguments.ts';
import {platformOptions} from './platform-options.ts';

/** The flags that plan and build share, as commander hands them over. */
export interface PlanFlags {
	readonly file?: string;
	readonly target?: string;
	readonly buildArg: readonly string[];
	readonly buildContext: readonly string[];
	readonly platform?: readonly string[];
	readonly cacheFrom: readonly string[];
	readonly cacheTo?: readonly string[];
	readonly cache: boolean;
	readonly noCacheFilter: readonly string[];
	readonly network?: string;
	readonly addHost: readonly string[];
	readonly shmSize?: string;
	readonly ulimit: readonly string[];
	readonly cgroupParent?: string;
	readonly buildkit?: string;
	readonly offline?: boolean;
	readonly online?: boolean;
	readonly verifyBlobs?: boolean;
	readonly maxAge?: readonly string[];
	readonly checkBase?: boolean;
	readonly requireCached?: boolean;
	/** `--no-index`: false. */
	readonly index?: boolean;
}

/** A wrong use of the command line: exit 2. */
export interface UsageError {
	readonly kind: 'usage';
	readonly message: string;
	readonly hint?: string;
}

export type RequestResult = {readonly kind: 'request'; readonly request: PlanRequest} | UsageError;

/** What the process gives: arguments without a value are read from its environment. */
export interface Surroundings {
	readonly env: NodeJS.ProcessEnv;
	readonly cwd: string;
	readonly homeDir: string;
	readonly readStdin: () => Promise<Uint8Array>;
}

/** Turns flags into a request; the first thing that is wrong with them is told with what to write instead. */
export function planRequest(
	context: string,
	flags: PlanFlags,
	{env, cwd, homeDir, readStdin}: Surroundings,
): RequestResult {
	const buildPlatform = hostPlatform();
	const parsed = platformOptions(flags.platform ?? [], env, buildPlatform);
	if (parsed.kind === 'invalid') {
		return usage(parsed.message, parsed.hint);
	}

	const [platform, ...morePlatforms] = parsed.platforms;

	const nameless = flags.buildArg.find(flag => flag === '' || flag.startsWith('='));
	if (nameless !== undefined) {
		return usage('a --build-arg has no name', 'write --build-arg NAME=value');
	}

	if (flags.offline === true && flags.online === true) {
		return usage('--offline and --online exclude each other', 'give one of the two');
	}

	const contexts = contextSpecs(flags.buildContext);
	const cacheFrom = cacheSpecs(flags.cacheFrom, 'from');
	const cacheTo = cacheSpecs(flags.cacheTo ?? [], 'to');
	const maxAge = ageLimits(flags.maxAge ?? []);
	const exec = execOptions(flags);
	const choice = givenDialect(flags.buildkit);
	if (contexts.kind === 'usage') {
		return contexts;
	}

	if (cacheFrom.kind === 'usage') {
		return cacheFrom;
	}

	if (cacheTo.kind === 'usage') {
		return cacheTo;
	}

	if (maxAge.kind === 'usage') {
		return maxAge;
	}

	if (exec.kind === 'usage') {
		return exec;
	}

	if (choice?.kind === 'usage') {
		return choice;
	}

	return {
		kind: 'request',
		request: {
			context,
			...(flags.file !== undefined && {file: flags.file}),
			cwd,
			options: {
				buildArgs: buildArguments(flags.buildArg, env),
				...(flags.target !== undefined && {target: flags.target}),
				...(platform !== undefined && {platform}),
				buildPlatform,
			},
			...(morePlatforms.length > 0 && {morePlatforms}),
			contexts: contexts.specs,
			readStdin,
			execOptions: exec.options,
			cacheFrom: cacheFrom.specs,
			cacheTo: cacheTo.specs,
			verifyBlobs: flags.verifyBlobs === true,
			noCache: noCache(flags),
			maxAge: maxAge.specs,
			checkBase: flags.checkBase === true,
			viaEngineApi: false,
			writesDefault: false,
			online: flags.online === true,
			readRemote: createReadRemote({env}),
			loadAttributes,
			...(flags.index !== false && {
				indexFolder: path.resolve(cwd, storeFolder({env, homeDir, os: process.platform}), 'contexts'),
			}),
			...(choice !== undefined && {dialect: choice.choice}),
		},
	};
}

// As for buildx, of both flags --no-cache holds, and one flag may name several stages (buildx build/opt.go).
function noCache({cache, noCacheFilter}: PlanFlags): PlanRequest['noCache'] {
	const stages = noCacheFilter.flatMap(value => value.split(',')).filter(name => name !== '');
	return !cache || (stages.length > 0 && stages);
}

function hostPlatform(): Platform {
	const names: Readonly<Record<string, string>> = {x64: 'amd64', ia32: '386', arm64: 'arm64', arm: 'arm'};
	const architecture = names[process.arch] ?? process.arch;
	return {os: 'linux', architecture, ...(architecture === 'arm' && {variant: 'v7'})};
}

type Specs<T> = {readonly kind: 'specs'; readonly specs: readonly T[]} | UsageError;

function contextSpecs(flags: readonly string[]): Specs<ContextSpec> {
	const specs: ContextSpec[] = [];
	for (const flag of flags) {
		const parsed = parseContextFlag(flag);
		if (parsed.kind === 'invalid') {
			return usage(parsed.message, parsed.hint);
		}

		specs.push(parsed.spec);
	}

	return {kind: 'specs', specs};
}

function cacheSpecs(flags: readonly string[], direction: 'from' | 'to'): Specs<CacheSpec> {
	const specs: CacheSpec[] = [];
	for (const flag of flags) {
		const parsed = parseCacheFlag(flag, direction);
		if (parsed.kind === 'invalid') {
			return usage(parsed.message, parsed.hint);
		}

		specs.push(parsed.spec);
	}

	return {kind: 'specs', specs};
}

function ageLimits(flags: readonly string[]): Specs<AgeLimit> {
	const specs: AgeLimit[] = [];
	for (const flag of flags) {
		const parsed = parseAgeFlag(flag);
		if (parsed.kind === 'invalid') {
			return usage(parsed.message, parsed.hint);
		}

		specs.push(parsed.limit);
	}

	return {kind: 'specs', specs};
}

type Exec = {readonly kind: 'exec'; readonly options: ExecOptions} | UsageError;

function execOptions(flags: PlanFlags): Exec {
	const {network = 'default'} = flags;
	if (network !== 'default' && network !== 'none' && network !== 'host') {
		return usage(`"${network}" is no network mode`, 'use default, none or host');
	}

	const shmSize = parseBytes(flags.shmSize ?? '0');
	if (shmSize === undefined) {
		return usage(`"${flags.shmSize}" is no size`, 'write a number with b, k, m or g behind it, for example 64m');
	}

	const ulimits = flags.ulimit.map(text => /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(text));
	const wrong = flags.ulimit[ulimits.indexOf(null)];
	if (wrong !== undefined) {
		return usage(`"${wrong}" is no ulimit`, 'write name=soft[:hard], for example nofile=1024:2048');
	}

	return {
		kind: 'exec',
		options: {
			network,
			extraHosts: flags.addHost.flatMap(host => extraHosts(host)),
			shmSize,
			ulimits: sortedUlimits(
				ulimits.flatMap(match =>
					match === null ? [] : [{name: match[1] ?? '', soft: Number(match[2]), hard: Number(match[3] ?? match[2])}],
				),
			),
			cgroupParent: flags.cgroupParent ?? '',
		},
	};
}

// `name:address`, `name=address` or `name=address,address`, once for each address (buildx build/utils.go, BuildKit
// frontend/dockerui/attr.go parseExtraHosts).
function extraHosts(host: string): readonly string[] {
	const [, name = host, addresses = ''] = /^([^=]*)=(.*)$/.exec(host) ?? /^([^:]*):(.*)$/.exec(host) ?? [];
	return addresses.split(',').map(() => name.toLowerCase());
}

// Of two for one name the last counts; docker hands them on sorted by name (docker/cli opts/ulimit.go GetList).
function sortedUlimits(ulimits: ExecOptions['ulimits']): ExecOptions['ulimits'] {
	const byName = new Map(ulimits.map(ulimit => [ulimit.name, ulimit]));
	return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseBytes(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?) ?([bkmgt]?)(?:i?b)?$/i.exec(text);
	if (match === null) {
		return undefined;
	}

	const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase().replace('b', ''));
	return Math.floor(Number(match[1]) * 1024 ** power);
}

function givenDialect(
	version: string | undefined,
): {readonly kind: 'dialect'; readonly choice: DialectChoice} | UsageError | undefined {
	if (version === undefined) {
		return undefined;
	}

	const dialect = dialectOf(version);
	return dialect === undefined
		? usage(`"${version}" is no BuildKit version`, 'write it as BuildKit does, for example v0.25.1')
		: {kind: 'dialect', choice: {dialect, by: 'given', version: version.replace(/^v/, '')}};
}

function usage(message: string, hint?: string): UsageError {
	return hint === undefined ? {kind: 'usage', message} : {kind: 'usage', message, hint};
}
