import {Argument, type Command, Option} from './commander.ts';
import {type InitFlags, runInit} from './commands/init.ts';
import {type KeyCommandFlags, runKey} from './commands/key.ts';
import {addBuilderOptions, addInputOptions, collect, type RunCommand} from './shared-options.ts';

/** `cachecast key` and `cachecast init`; `version` is what a configuration installs. */
export function addCiCommands(program: Command, version: string, run: RunCommand): void {
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
		.option(
			'--max-age <age>',
			'that of the build: the key is a new one each day, or each limit that is shorter, for what is rebuilt then',
			collect,
			[],
		)
		.option('--pull', 'take base images from the registry also where the engine has them')
		.addOption(
			new Option('--format <format>', 'how to print it: for a CI, or one key a line')
				.choices(['plain', 'github', 'circleci', 'gitlab', 'json'])
				.default('plain'),
		)
		.action((path: string, flags: KeyCommandFlags) => run(context => runKey(path, flags, context)));

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
		.action((ci: InitFlags['ci'], path: string, flags: Omit<InitFlags, 'ci'>) =>
			run(async context => runInit(path, {...flags, ci}, version, context)),
		);
}
