import {failLevels, pinPolicies} from '../planner/index.ts';
import {type Command, Option} from './commander.ts';
import {type LintCommandFlags, runLint} from './commands/lint.ts';
import {lintFormats} from './render/lint/formats.ts';
import {addActionsOptions, addRegistryOptions, collect, type RunCommand} from './shared-options.ts';

/** `cachecast lint`. */
export function addLintCommand(program: Command, run: RunCommand): void {
	const command = addActionsOptions(
		program
			.command('lint')
			.summary('find unpinned base images and whatever else makes a cache lie or miss')
			.description(
				'Find unpinned base images, misnamed and unreachable stages, and whatever else makes a cache lie or miss. Exits 1 when there is a finding, of whatever severity unless --fail-on says which. "# cachecast ignore=RULE REASON" above an instruction waives a rule, as "# check=skip=RULE" does there or at the top of the file.',
			)
			.argument(
				'[files...]',
				'Dockerfiles, folders to look for them, globs, or - for standard input (default: Dockerfile in this folder)',
			)
			.option('--target <stage>', 'stage to build (default: the last)')
			.option('--build-arg <name[=value]>', 'build argument; without a value taken from the environment', collect, [])
			.option('--platform <platform>', 'platform to build for, as linux/arm64; several with commas', collect, []),
	);
	addRegistryOptions(command)
		.option('--rule <rule=level>', 'a rule, or a group as pin/*, to off, info, warning or error', collect, [])
		.addOption(
			new Option('--fail-on <severity>', 'exit 1 from this severity on (default: info, any finding)').choices(
				failLevels,
			),
		)
		.addOption(
			new Option('--pin <policy>', 'what an image must have: a digest (default), a whole version, or any tag').choices(
				pinPolicies,
			),
		)
		.option('--config <file>', 'configuration (default: cachecast.config.json or .yaml, here or above)')
		.option('--no-config', 'read no configuration')
		.option(
			'--cache-from <cache>',
			'cache whose ledger tells what the steps took that a finding makes run again; as in plan',
			collect,
			[],
		)
		.option('--online', 'ask registries whether images are still served, have the platforms, and pins are up to date')
		.option('--fix', 'print the diff that pins the images found to be unpinned')
		.option('--write', 'with --fix: change the files')
		.option('--list', 'print all rules, and lint nothing')
		.option('--explain <rule>', 'print the page of a rule, and lint nothing')
		.addOption(new Option('--format <format>', 'output format').choices(lintFormats).default('pretty'))
		.action((files: readonly string[], flags: LintCommandFlags) => run(context => runLint(files, flags, context)));
}
