import {addCacheCommands} from './cache-commands.ts';
import {addCiCommands} from './ci-commands.ts';
import {Command, CommanderError, Help, InvalidArgumentError, Option} from './commander.ts';
import {runBuildCommand} from './commands/build.ts';
import type {BuildCommandFlags} from './commands/build-flags.ts';
import type {CommandContext} from './commands/command-context.ts';
import {type GraphCommandFlags, graphFormats, runGraph} from './commands/graph.ts';
import {type PlanCommandFlags, runPlan} from './commands/plan.ts';
import {runPlanSince} from './commands/plan-since.ts';
import {allCommands} from './completion/command-tree.ts';
import {addCompletionCommand} from './completion-command.ts';
import {addExamples} from './examples.ts';
import {exitCode} from './exit-code.ts';
import {addLintCommand} from './lint-command.ts';
import {addPinCommand} from './pin-command.ts';
import {planFormats} from './render/plan-formats.ts';
import {addEngineOptions, addInputOptions, addPlanOptions, collect, type RunCommand} from './shared-options.ts';
import {createTalk, loudnessOf} from './talk.ts';
import {addWhyCommand} from './why-command.ts';

/** Runs one command line and gives its exit code. */
export async function runProgram(
	argv: readonly string[],
	version: string,
	createContext: (color?: boolean) => CommandContext,
): Promise<number> {
	let code: number = exitCode.ok;
	const context = () => {
		const flags = program.opts<{color?: boolean; quiet?: boolean; verbose?: boolean; debug?: boolean}>();
		const created = createContext(flags.color);
		return {...created, talk: createTalk(created.streams, created.errorStyle, loudnessOf(flags))};
	};
	const program = createProgram(version, async command => {
		code = await command(context());
	});
	for (const command of allCommands(program)) {
		command.exitOverride().configureOutput({
			writeOut: text => context().streams.out(text),
			writeErr: text => context().streams.err(text),
		});
	}

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

/** All commands with their options; `run` runs the one that was asked for. */
export function createProgram(version: string, run: RunCommand): Command {
	const program = new Command('cachecast')
		.description('Plan a Docker build before it runs: which steps will hit the cache, which will miss, and why.')
		.version(version, '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print help')
		.addOption(new Option('--color', 'colour the output also where it is no terminal'))
		.addOption(new Option('--no-color', 'never colour the output').default(undefined))
		.option('--quiet', 'write nothing but errors to stderr')
		.option('--verbose', 'tell how long each part of the work takes')
		.option('--debug', 'tell also what is asked of registries and which engine is used')
		.showSuggestionAfterError()
		// A list that is empty unless it is given needs no word.
		.configureHelp({
			optionDescription(option) {
				return Help.prototype.optionDescription.call(this, option).replace(' (default: [])', '');
			},
		});

	addEngineOptions(
		addPlanOptions(
			program
				.command('plan')
				.summary('say which steps will hit the cache, which will miss, and why; builds nothing')
				.description(
					'Say which steps will hit the cache, which will miss, and why. Nothing is built, and nothing is written but manifests and configs of registries to the user’s cache folder; no Docker is needed.',
				)
				.argument('[context]', 'folder the build may read', '.'),
		),
	)
		.addOption(
			new Option('--format <format>', 'output format; text is tree, commands a script of docker buildx build')
				.choices(planFormats)
				.default('tree'),
		)
		.option(
			'--since [revision]',
			'say what the change since a revision of git rebuilds; no cache is read (default: in a CI the merge base, else HEAD)',
		)
		.option('--detailed-exitcode', 'exit 0 when everything hits, 2 when something will or may run, 1 on an error')
		.action((path: string, flags: PlanCommandFlags) =>
			run(context => (flags.since === undefined ? runPlan : runPlanSince)(path, flags, context)),
		);

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
			'cache to write: type=registry,ref=…, type=stages,ref=… (an image of each stage; any Docker can) or type=local,dest=… (default: .cachecast/cache), mode=max',
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
		.addOption(
			new Option('--jobs <number>', 'how many stages that do not wait for each other are built at the same time')
				.argParser(jobsOf)
				.default(2),
		)
		.option('--strict', 'exit 1 when a step that was forecast to hit ran; builds also what the cache holds wholly')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action((path: string, flags: BuildCommandFlags) => run(context => runBuildCommand(path, flags, context)));

	addLintCommand(program, run);
	addPinCommand(program, run);
	addInputOptions(
		program
			.command('graph')
			.summary('draw which stages use which; needs no cache and no engine')
			.description(
				'Draw which stages use which: FROM solid, COPY --from dashed, mounts dotted. Nothing but the Dockerfile is read, so what ONBUILD of a base image adds is not drawn.',
			)
			.argument('[context]', 'folder the build may read', '.'),
	)
		.option('--buildkit <version>', 'BuildKit version of the builder, as it decides what a Dockerfile may say')
		.option('--steps', 'draw the steps of each stage')
		.addOption(new Option('--format <format>', 'output format').choices(graphFormats).default('text'))
		.action((path: string, flags: GraphCommandFlags) => run(context => runGraph(path, flags, context)));

	addCiCommands(program, version, run);
	addCacheCommands(program, run);
	addWhyCommand(program, run);
	addCompletionCommand(program, run);
	addExamples(program);
	return program;
}

function jobsOf(text: string): number {
	const jobs = Number(text);
	if (!/^\d+$/.test(text) || jobs < 1 || jobs > 64) {
		throw new InvalidArgumentError('write a number from 1 to 64.');
	}

	return jobs;
}
