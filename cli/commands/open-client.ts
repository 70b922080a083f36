import {openRegistry, type RegistryClient} from '../../planner/index.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import type {CommandContext} from './command-context.ts';

/** A registry client as the flags want it; nothing where they are wrong, which is told. */
export async function openClient(flags: RegistryFlags, command: CommandContext): Promise<RegistryClient | undefined> {
	const access = registryWish(flags, command);
	const registry =
		access.kind === 'usage'
			? {kind: 'failed' as const, problem: access}
			: await openRegistry({...access.wish, onRequest: command.talk.debug});
	if (registry.kind === 'failed') {
		command.fail(registry.problem);
		return undefined;
	}

	return registry.client;
}
