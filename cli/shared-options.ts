import {type Command, Option} from './commander.ts';
import type {CommandContext} from './commands/command-context.ts';

/** Runs a command with what the process gives, and keeps its exit code. */
export type RunCommand = (run: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Of an option that may be given several times. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** What `plan` and `build` share. */
export function addPlanOptions(command: Command): Command {
	return addActionsOptions(addBuilderOptions(addCacheOptions(addInputOptions(command))));
}

/** What is built. */
export function addInputOptions(command: Command): Command {
	return command
		.option('-f, --file <file>', 'Dockerfile, or - for standard input (default: Dockerfile in the context)')
		.option('--target <stage>', 'stage to build (default: the last)')
		.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
		.option('--platform <platform>', 'platform to build for, as linux/arm64; several with commas', collect, [])
		.option(
			'--build-context <name=value>',
			'stands in for a stage or image: a folder, docker-image://…, oci-layout://folder:tag',
			collect,
			[],
		);
}

/** What is done in GitHub Actions unless it is not wanted. */
export function addActionsOptions(command: Command): Command {
	return command
		.option('--no-annotations', 'in GitHub Actions: write no annotations')
		.option('--no-summary', 'in GitHub Actions: write nothing to the summary of the step');
}

function addCacheOptions(command: Command): Command {
	return command
		.option(
			'--cache-from <cache>',
			'cache to read: type=registry,ref=…, type=stages,ref=… or type=local,src=… (default: .cachecast/cache)',
			collect,
			[],
		)
		.option('--verify-blobs', 'look whether the caches still hold the layers of what will hit')
		.option('--no-cache', 'use no cache')
		.addOption(noCacheFilter())
		.option(
			'--max-age <age>',
			'rebuild stages of which a step in the cache is older: 7d for all, deps=12h for one (s, m, h, d, w)',
			collect,
			[],
		)
		.option('--check-base', 'say which base images pinned by digest are behind their tag')
		.option('--require-cached', 'exit 3 when a step will or may run; build then builds nothing');
}

/** How it is built, and what may be asked about it. */
export function addBuilderOptions(command: Command): Command {
	command
		.option('--network <mode>', 'network of RUN steps: default, none or host')
		.option('--add-host <host:ip>', 'extra host of RUN steps', collect, [])
		.option('--shm-size <bytes>', 'size of /dev/shm of RUN steps')
		.option('--ulimit <limit>', 'ulimit of RUN steps: name=soft[:hard]', collect, [])
		.option('--cgroup-parent <group>', 'parent cgroup of RUN steps')
		.option('--buildkit <version>', 'BuildKit version of the builder whose keys are computed')
		.option('--no-index', 'hash every file anew: keep no digests of the context’s files in the user’s cache folder');
	return addRegistryOptions(command).option(
		'--online',
		'fetch also what is much or far away where a step depends on it: layers, URLs of ADD',
	);
}

/** How registries are reached. */
export function addRegistryOptions(command: Command): Command {
	return command
		.option('--registry-mirror <url>', 'registry to ask first: for Docker Hub, or <registry>=<url>', collect, [])
		.option('--registry-ca <file>', 'further certificate authority of registries, in PEM', collect, [])
		.option('--insecure-registry <host>', 'registry that may be spoken to without encryption', collect, [])
		.option('--no-registry-cache', 'keep no manifests and configs of registries in the user’s cache folder')
		.option('--offline', 'ask no registry; of what only a registry knows, only images pinned by digest may be known');
}

// commander takes a name with "no-" for the opposite of another option.
function noCacheFilter(): Option {
	const option = new Option('--no-cache-filter <stage>', 'use no cache for this stage, or several with commas');
	option.negate = false;
	return option.argParser(collect).default([]);
}

/** Which engine a plan is for; none is needed. */
export function addEngineOptions(command: Command): Command {
	return command
		.addOption(
			new Option('--engine <engine>', 'engine whose plan it is (default: the one at hand, if any)').choices([
				'buildx',
				'docker',
				'none',
			]),
		)
		.option('--builder <name>', 'buildx builder whose plan it is')
		.option('--pull', 'take base images from the registry also where the engine has them');
}
