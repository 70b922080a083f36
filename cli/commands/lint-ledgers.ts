import {type CacheSpec, type Ledger, parseCacheFlag, readLedger} from '../../planner/index.ts';
import type {RegistryFlags} from '../registry-options.ts';
import type {CommandContext} from './command-context.ts';
import {openClient} from './open-client.ts';

/** The ledgers beside caches; those that cannot be read are passed over. Nothing where the flags are wrong, which is told. */
export async function lintLedgers(
	cacheFrom: readonly string[],
	flags: RegistryFlags,
	command: CommandContext,
): Promise<readonly Ledger[] | undefined> {
	const specs: CacheSpec[] = [];
	for (const flag of cacheFrom) {
		const parsed = parseCacheFlag(flag, 'from');
		if (parsed.kind === 'invalid') {
			command.fail(parsed);
			return undefined;
		}

		specs.push(parsed.spec);
	}

	if (specs.length === 0) {
		return [];
	}

	const client = await openClient(flags, command);
	if (client === undefined) {
		return undefined;
	}

	const read = await Promise.all(specs.map(spec => readLedger(spec, {client, cwd: command.cwd})));
	return read.filter(ledger => ledger !== undefined);
}
