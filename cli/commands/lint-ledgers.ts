import {type CacheSpec, type Ledger, openRegistry, readLedger} from '../../planner/index.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import type {CommandContext} from './command-context.ts';

/** What lint asks registries for is little: flags about them may be left out. */
const defaults: RegistryFlags = {registryCa: [], registryMirror: [], insecureRegistry: [], registryCache: true};

/** The ledgers beside caches; those that cannot be read are passed over. Nothing where the flags are wrong, which is told. */
export async function lintLedgers(
	specs: readonly CacheSpec[],
	flags: Partial<RegistryFlags>,
	command: CommandContext,
): Promise<readonly Ledger[] | undefined> {
	if (specs.length === 0) {
		return [];
	}

	const access = registryWish({...defaults, ...flags}, command);
	if (access.kind === 'usage') {
		command.fail(access);
		return undefined;
	}

	const registry = await openRegistry({...access.wish, onRequest: command.talk.debug});
	if (registry.kind === 'failed') {
		command.fail(registry.problem);
		return undefined;
	}

	const {client} = registry;
	const read = await Promise.all(specs.map(spec => readLedger(spec, {client, cwd: command.cwd})));
	return read.filter(ledger => ledger !== undefined);
}
