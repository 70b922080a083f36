import {type Command, Option} from './commander.ts';
import {runWhy} from './commands/why.ts';
import type {WhyCommandFlags} from './commands/why-flags.ts';
import {addEngineOptions, addPlanOptions, type RunCommand} from './shared-options.ts';

/** `cachecast why`. */
export function addWhyCommand(program: Command, run: RunCommand): void {
	addEngineOptions(
		addPlanOptions(
			program
				.command('why')
				.summary('tell why a step hits or misses, what it reads, and what a file rebuilds')
				.description(
					'Tell the whole story of a step: its forecast, the chain of causes, what it reads, stands on and is used by; or of a file: which steps read it, what is rebuilt if it changes, or which pattern leaves it out. Without either: every first cause. Nothing is built.',
				)
				.argument('[what]', 'line of the Dockerfile, stage, STAGE:LINE, id of a step, or a file')
				.argument('[context]', 'folder the build may read', '.'),
		)
			.option('--key', 'print what the key of the step is made of; values of build arguments are masked')
			.option('--since [revision]', 'tell it of what has changed since a revision of git; no cache is read'),
	)
		.option(
			'--from <cache|revision>',
			'tell what is different between two caches by their ledgers (type=…, or a folder), or between two revisions of git',
		)
		.option('--to <cache|revision>', 'the later one; of a revision the work tree where it is left out')
		.addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
		.action((what: string | undefined, path: string, flags: WhyCommandFlags) =>
			run(context => runWhy(what, path, flags, context)),
		);
}
