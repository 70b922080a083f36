import {type EngineInfo, parseMirrorFlag, type RegistryWish} from '../planner/index.ts';
import type {CommandContext} from './commands/command-context.ts';
import type {UsageError} from './options.ts';

/** The flags about registries, as commander hands them over. */
export interface RegistryFlags {
	readonly offline?: boolean;
	readonly registryCa: readonly string[];
	readonly registryMirror: readonly string[];
	readonly insecureRegistry: readonly string[];
	readonly registryCache: boolean;
}

export type RegistryWishResult = {readonly kind: 'wish'; readonly wish: RegistryWish} | UsageError;

/**
 * How registries are to be reached. The engine's own mirrors count where the flags name none for Docker Hub, and the
 * registries that it speaks to without encryption count too.
 */
export function registryWish(
	flags: RegistryFlags,
	{env, homeDir, cwd}: Pick<CommandContext, 'env' | 'homeDir' | 'cwd'>,
	engine?: EngineInfo,
): RegistryWishResult {
	const mirrors = new Map<string, readonly string[]>();
	for (const text of flags.registryMirror) {
		const flag = parseMirrorFlag(text);
		if (flag.kind === 'invalid') {
			return {kind: 'usage', message: flag.message, hint: flag.hint};
		}

		mirrors.set(flag.domain, [...(mirrors.get(flag.domain) ?? []), flag.url]);
	}

	const {registries} = engine ?? {};
	if (registries !== undefined && !mirrors.has('docker.io')) {
		mirrors.set('docker.io', registries.mirrors);
	}

	return {
		kind: 'wish',
		wish: {
			env,
			homeDir,
			cwd,
			caFiles: flags.registryCa,
			routes: {mirrors, insecure: new Set([...flags.insecureRegistry, ...(registries?.insecure ?? [])])},
			offline: flags.offline === true,
			keeps: flags.registryCache,
		},
	};
}
