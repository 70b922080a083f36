import {type Command, Option} from './commander.ts';
import {type PruneFlags, type ReadCacheFlags, runCacheList, runCachePrune, runCacheVerify} from './commands/cache.ts';
import {type LoadFlags, runCacheLoad, runCacheSave} from './commands/cache-archive.ts';
import type {PlaceFlags} from './commands/cache-place.ts';
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
	const place = (command: Command): Command =>
		addRegistryOptions(
			command.option(
				'--cache <cache>',
				'the cache as in --cache-from: type=registry,ref=… or type=stages,ref=… with all its tags, or type=local,src=…',
			),
		);
	const format = (): Option =>
		new Option('--format <format>', 'output format').choices(['text', 'json']).default('text');

	place(add('ls', 'list tags, targets, records, layers, size, age and last use').argument('[folder]', folder))
		.addOption(format())
		.action((path: string | undefined, flags: ReadCacheFlags) => run(context => runCacheList(path, flags, context)));
	place(
		add(
			'verify',
			'check that every blob is there with its size and digest, and every record has its layers; exits 1 when not. Of a registry, that everything is there with its size',
		).argument('[folder]', folder),
	)
		.addOption(format())
		.action((path: string | undefined, flags: ReadCacheFlags) => run(context => runCacheVerify(path, flags, context)));
	place(
		add(
			'prune',
			'remove from a cache what limits do not let stay. In a registry that is what cachecast alone has written: images under tags cachecast-… and images of stages that are gone, never what another tag points at or what is younger than an hour, but also what somebody uses by digest alone; without --keep it is only listed. Space is freed by the registry’s own garbage collection',
		).argument('[folder]', folder),
	)
		.option(
			'--keep <limit>',
			'current (default: what the last build of each target used), all used within a time (7d; in a registry, made within it) or up to a size (10GB); several limits all hold',
			collect,
			[],
		)
		.option('--dry-run', 'only say what would be removed')
		.addOption(format())
		.action((path: string | undefined, flags: PruneFlags) => run(context => runCachePrune(path, flags, context)));
	place(
		add(
			'save',
			'write a cache as a tar, the same cache always as the same bytes. One of a registry is fetched with every leaf, stage and platform, and is called "latest" (type=registry) or "stages" in the archive',
		)
			.argument('<file>', 'file to write, or - for standard output')
			.argument('[folder]', folder),
	).action((file: string, path: string | undefined, flags: PlaceFlags) =>
		run(context => runCacheSave(file, path, flags, context)),
	);
	place(
		add(
			'load',
			'replace a local cache by what an archive holds, or write it to a registry, where other tags stay; on any error the cache stays as it was',
		)
			.argument('<file>', 'file to read, or - for standard input')
			.argument('[folder]', folder),
	)
		.option('--max-size <size>', 'what an archive may hold at most, unpacked', '20GB')
		.action((file: string, path: string | undefined, flags: LoadFlags) =>
			run(context => runCacheLoad(file, path, flags, context)),
		);
}
