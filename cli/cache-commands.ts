import {type Command, Option} from './commander.ts';
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
import {addRegistryOptions, collect, type RunCommand} from './shared-options.ts';

/** `cachecast cache` and the commands under it. */
export function addCacheCommands(program: Command, run: RunCommand): void {
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
