import {Command, CommanderError, Help, Option} from 'commander';
import {runBuildCommand} from './commands/build.ts';
import type {BuildCommandFlags} from './commands/build-flags.ts';
import {
	type CachePlaceFlags,
	type LoadFlags,
	type PruneFlags,
	type ReadCacheFlags,
	runCacheList,
	runCacheLoad,
	runCachePrune,
	runCacheSave,
	runCacheVerify,
} from './commands/cache.ts';
import type {CommandContext} from './commands/command-context.ts';
import {type LintCommandFlags, runLint} from './commands/lint.ts';
import {type PlanCommandFlags, runPlan} from './commands/plan.ts';
import {exitCode} from './exit-code.ts';

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** Runs one command line and gives its exit code. The only importer of commander. */
export async function runProgram(
	argv: readonly string[],
	version: string,
	createContext: (color?: boolean) => CommandContext,
): Promise<number> {
	let code: number = exitCode.ok;
	const program = new Command('cachecast')
		.description('Plan a Docker build before it runs: which steps will hit the cache, which will miss, and why.')
		.version(version, '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print help')
		.addOption(new Option('--color', 'colour the output also where it is no terminal'))
		.addOption(new Option('--no-color', 'never colour the output').default(undefined))
		.showSuggestionAfterError()
		// A list that is empty unless it is given needs no word.
		.configureHelp({
			optionDescription(option) {
				return Help.prototype.optionDescription.call(this, option).replace(' (default: [])', '');
			},
		})
		.exitOverride();
	const context = () => createContext(program.opts<{color?: boolean}>().color);
	program.configureOutput({
		writeOut: text => context().streams.out(text),
		writeErr: text => context().streams.err(text),
	});

	addPlanOptions(
		program
			.command('plan')
			.summary('say which steps will hit the cache, which will miss, and why; builds nothing')
			.description(
				'Say which steps will hit the cache, which will miss, and why. Nothing is built, and nothing is written but manifests and configs of registries to the user’s cache folder; no Docker is needed.',
			)
			.argument('[context]', 'folder the build may read', '.'),
	)
		.addOption(
			new Option('--engine <engine>', 'engine whose plan it is (default: the one at hand, if any)').choices([
				'buildx',
				'docker',
				'none',
			]),
		)
		.option('--builder <name>', 'buildx builder whose plan it is')
		.option('--pull', 'take base images from the registry also where the engine has them')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.option('--detailed-exitcode', 'exit 0 when everything hits, 2 when something will or may run, 1 on an error')
		.action(async (path: string, flags: PlanCommandFlags) => {
			code = await runPlan(path, flags, context());
		});

	addPlanOptions(
		program
			.command('build')
			.summary('print the forecast, build, and export the layers of every stage')
			.description(
				'Print the forecast, build every stage, export their layers, and compare the forecast with what the engine did. Stages that the target does not reach are built and exported too, each to a cache of its own (NAME behind the tag).',
			)
			.argument('[context]', 'folder the build may read', '.'),
	)
		.option('-t, --tag <name>', 'name of the image', collect, [])
		.option(
			'--push',
			'push the image, to the tags that do not have it; where every step hits and it was pushed before, no engine is needed',
		)
		.option('--no-key-tag', 'let the engine push the tags itself, and keep no cachecast-… tag in the repository')
		.option('--load', 'load the image into the Docker engine (default with -t)')
		.option('--pull', 'ask the registry for base images also where the engine has them')
		.option(
			'--cache-to <cache>',
			'cache to write: type=registry,ref=… or type=local,dest=… (default: .cachecast/cache), mode=max',
			collect,
			[],
		)
		.addOption(
			new Option('--engine <engine>', 'engine to use (default: by what it can do)').choices(['buildx', 'docker']),
		)
		.option(
			'--keep <limit>',
			'what local caches keep: current (default: only what this build uses), or all used within a time (7d) or up to a size (10GB); several limits all hold',
			collect,
			[],
		)
		.option('--builder <name>', 'buildx builder to use')
		.option('--strict', 'exit 1 when a step that was forecast to hit ran')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action(async (path: string, flags: BuildCommandFlags) => {
			code = await runBuildCommand(path, flags, context());
		});

	program
		.command('lint')
		.summary('find unpinned base images and whatever else makes a cache lie or miss')
		.description(
			'Find unpinned base images, misnamed and unreachable stages, and whatever else makes a cache lie or miss. Exits 1 when there is a finding, of whatever severity. "# check=skip=RULE" at the top of the file, or above an instruction, waives a rule.',
		)
		.argument('[files...]', 'Dockerfiles, or - for standard input (default: Dockerfile in this folder)')
		.option('--target <stage>', 'stage to build (default: the last)')
		.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
		.option('--platform <platform>', 'platform to build for, as linux/arm64')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action(async (files: readonly string[], flags: LintCommandFlags) => {
			code = await runLint(files, flags, context());
		});

	addCacheCommands(program, async run => {
		code = await run(context());
	});

	try {
		await program.parseAsync(argv, {from: 'user'});
	} catch (error) {
		if (error instanceof CommanderError) {
			return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
		}

		throw error;
	}

	return code;
}

// commander takes a name with "no-" for the opposite of another option.
function noCacheFilter(): Option {
	const option = new Option('--no-cache-filter <stage>', 'use no cache for this stage, or several with commas');
	option.negate = false;
	return option.argParser(collect).default([]);
}

function addPlanOptions(command: Command): Command {
	command
		.option('-f, --file <file>', 'Dockerfile, or - for standard input (default: Dockerfile in the context)')
		.option('--target <stage>', 'stage to build (default: the last)')
		.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
		.option('--platform <platform>', 'platform to build for, as linux/arm64')
		.option(
			'--build-context <name=value>',
			'stands in for a stage or image: a folder, docker-image://…, oci-layout://folder:tag',
			collect,
			[],
		)
		.option(
			'--cache-from <cache>',
			'cache to read: type=registry,ref=… or type=local,src=… (default: .cachecast/cache)',
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
		.option('--require-cached', 'exit 3 when a step will or may run; build then builds nothing')
		.option('--network <mode>', 'network of RUN steps: default, none or host')
		.option('--add-host <host:ip>', 'extra host of RUN steps', collect, [])
		.option('--shm-size <bytes>', 'size of /dev/shm of RUN steps')
		.option('--ulimit <limit>', 'ulimit of RUN steps: name=soft[:hard]', collect, [])
		.option('--cgroup-parent <group>', 'parent cgroup of RUN steps')
		.option('--buildkit <version>', 'BuildKit version of the builder whose keys are computed');
	return addRegistryOptions(command).option(
		'--online',
		'fetch also what is much or far away where a step depends on it: layers, URLs of ADD',
	);
}

function addRegistryOptions(command: Command): Command {
	return command
		.option('--registry-mirror <url>', 'registry to ask first: for Docker Hub, or <registry>=<url>', collect, [])
		.option('--registry-ca <file>', 'further certificate authority of registries, in PEM', collect, [])
		.option('--insecure-registry <host>', 'registry that may be spoken to without encryption', collect, [])
		.option('--no-registry-cache', 'keep no manifests and configs of registries in the user’s cache folder')
		.option('--offline', 'ask no registry; of what only a registry knows, only images pinned by digest may be known');
}

type RunCommand = (run: (context: CommandContext) => Promise<number>) => Promise<void>;

function addCacheCommands(program: Command, run: RunCommand): void {
	const cache = program
		.command('cache')
		.summary('look into caches, keep them small, carry them as one file')
		.description(
			'Look into caches, keep them small, and carry them as one file. Without a folder it is the default cache, .cachecast/cache of the git work tree or of this folder.',
		);
	const folder = 'folder of a local cache (default: .cachecast/cache)';
	const add = (name: string, summary: string): Command =>
		cache
			.command(name)
			.summary(summary)
			.description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
	const place = (command: Command): Command => command.option('--cache <cache>', 'the cache as in --cache-from');
	const format = (): Option =>
		new Option('--format <format>', 'output format').choices(['text', 'json']).default('text');

	addRegistryOptions(
		place(add('ls', 'list tags, targets, records, layers, size, age and last use').argument('[folder]', folder)),
	)
		.addOption(format())
		.action((path: string | undefined, flags: ReadCacheFlags) => run(context => runCacheList(path, flags, context)));
	addRegistryOptions(
		place(
			add(
				'verify',
				'check that every blob is there with its size and digest, and every record has its layers; exits 1 when not. Of a registry, that the layers are there',
			).argument('[folder]', folder),
		),
	)
		.addOption(format())
		.action((path: string | undefined, flags: ReadCacheFlags) => run(context => runCacheVerify(path, flags, context)));
	place(add('prune', 'remove from a local cache what limits do not let stay').argument('[folder]', folder))
		.option(
			'--keep <limit>',
			'current (default: what the last build of each target used), all used within a time (7d) or up to a size (10GB); several limits all hold',
			collect,
			[],
		)
		.option('--dry-run', 'only say what would be removed')
		.addOption(format())
		.action((path: string | undefined, flags: PruneFlags) => run(context => runCachePrune(path, flags, context)));
	place(
		add('save', 'write a local cache as a tar, the same cache always as the same bytes')
			.argument('<file>', 'file to write, or - for standard output')
			.argument('[folder]', folder),
	).action((file: string, path: string | undefined, flags: CachePlaceFlags) =>
		run(context => runCacheSave(file, path, flags, context)),
	);
	place(
		add('load', 'replace a local cache by what an archive holds; on any error it stays as it was')
			.argument('<file>', 'file to read, or - for standard input')
			.argument('[folder]', folder),
	)
		.option('--max-size <size>', 'what an archive may hold at most, unpacked', '20GB')
		.action((file: string, path: string | undefined, flags: LoadFlags) =>
			run(context => runCacheLoad(file, path, flags, context)),
		);
}
