import {Argument, Command, CommanderError, Help, Option} from 'commander';
import {type BuildCommandFlags, runBuildCommand} from './commands/build.ts';
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
import {type InitFlags, runInit} from './commands/init.ts';
import {type KeyCommandFlags, runKey} from './commands/key.ts';
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
		.option('--push', 'push the image')
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
		.option(
			'--secret <secret>',
			'secret for RUN: id=NAME,src=FILE or id=NAME,env=VARIABLE; shown as *** if a step prints it',
			collect,
			[],
		)
		.option('--ssh <agent>', 'ssh agent or keys for RUN: default, or NAME=socket or key file', collect, [])
		.option('--strict', 'exit 1 when a step that was forecast to hit ran')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action(async (path: string, flags: BuildCommandFlags) => {
			code = await runBuildCommand(path, flags, context());
		});

	addBuilderOptions(
		addInputOptions(
			program
				.command('key')
				.summary('print a key for the cache of a CI that changes only when there is something new to keep')
				.description(
					'Print a key for the cache of a CI, and the beginnings of keys to fall back to. The key changes when, and only when, a build would put something new into the cache: so a cache of that key need not be saved again. Where that cannot be known before the build, the key is a new one each time, and a note says why. No Docker is needed and no cache is read.',
				)
				.argument('[context]', 'folder the build may read', '.'),
		),
	)
		.option('--name <name>', 'what tells the key from those of other Dockerfiles (default: path of the Dockerfile)')
		.option('--branch <branch>', 'put the branch into the key, for a CI that does not keep branches apart itself')
		.option('--default-branch <branch>', 'with --branch: the branch that others fall back to', 'main')
		.addOption(
			new Option('--engine <engine>', 'engine whose keys count (default: the one at hand, if any)').choices([
				'buildx',
				'docker',
				'none',
			]),
		)
		.option('--builder <name>', 'buildx builder whose keys count')
		.option('--pull', 'take base images from the registry also where the engine has them')
		.addOption(
			new Option('--format <format>', 'how to print it: for a CI, or one key a line')
				.choices(['plain', 'github', 'circleci', 'gitlab', 'json'])
				.default('plain'),
		)
		.action(async (path: string, flags: KeyCommandFlags) => {
			code = await runKey(path, flags, context());
		});

	program
		.command('init')
		.summary('print a configuration for a CI that keeps the layers of every stage')
		.description(
			'Print a commented configuration for a CI: restore the cache, build, and save it under a new key when something is new. Goes to standard output, nothing is written.',
		)
		.addArgument(new Argument('<ci>', 'the CI').choices(['circleci', 'github', 'gitlab']))
		.argument('[context]', 'folder the build may read', '.')
		.option('-f, --file <file>', 'Dockerfile (default: Dockerfile in the context)')
		.option('--default-branch <branch>', 'the branch that others fall back to', 'main')
		.action((ci: InitFlags['ci'], path: string, flags: Omit<InitFlags, 'ci'>) => {
			code = runInit(path, {...flags, ci}, version, context());
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
	return addBuilderOptions(addCacheOptions(addInputOptions(command)));
}

function addInputOptions(command: Command): Command {
	return command
		.option('-f, --file <file>', 'Dockerfile, or - for standard input (default: Dockerfile in the context)')
		.option('--target <stage>', 'stage to build (default: the last)')
		.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
		.option('--platform <platform>', 'platform to build for, as linux/arm64')
		.option(
			'--build-context <name=value>',
			'stands in for a stage or image: a folder, docker-image://…, oci-layout://folder:tag',
			collect,
			[],
		);
}

function addCacheOptions(command: Command): Command {
	return command
		.option(
			'--cache-from <cache>',
			'cache to read: type=registry,ref=… or type=local,src=… (default: .cachecast/cache)',
			collect,
			[],
		)
		.option('--verify-blobs', 'look whether the caches still hold the layers of what will hit')
		.option('--no-cache', 'use no cache')
		.addOption(noCacheFilter());
}

function addBuilderOptions(command: Command): Command {
	command
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
