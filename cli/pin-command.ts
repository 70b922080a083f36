import {type Command, Option} from './commander.ts';
import {type PinCommandFlags, runPin} from './commands/pin.ts';
import {addRegistryOptions, collect, type RunCommand} from './shared-options.ts';

/** `cachecast pin`. */
export function addPinCommand(program: Command, run: RunCommand): void {
	addRegistryOptions(
		program
			.command('pin')
			.summary('put the digest behind every image’s tag, or move pins forward')
			.description(
				'Put behind every image’s tag the digest it has now: in FROM, COPY --from, RUN --mount=from, # syntax= and defaults of ARG. Nothing else changes. Without --write nothing is written: the diff is printed, and the exit code is 1 where there is one, or where an image could not be pinned.',
			)
			.argument(
				'[files...]',
				'Dockerfiles, folders to look for them, globs, or - for standard input (default: Dockerfile in this folder)',
			)
			.option('--update', 'move pins that are behind their tag forward too')
			.option('--write', 'change the files')
			.option('--target <stage>', 'stage to build (default: the last)')
			.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
			.option('--platform <platform>', 'platform to build for, as linux/arm64', collect, [])
			.option('--config <file>', 'configuration with waivers (default: cachecast.config.json or .yaml, here or above)')
			.option('--no-config', 'read no configuration'),
	)
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action((files: readonly string[], flags: PinCommandFlags) => run(context => runPin(files, flags, context)));
}
