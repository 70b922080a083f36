import {formatPlatform, type Platform, parsePlatform} from '../planner/index.ts';

export type Platforms =
	| {readonly kind: 'platforms'; readonly platforms: readonly Platform[]}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

/**
 * The values of `--platform`, each of them one or several with commas, without repetition; none given:
 * `DOCKER_DEFAULT_PLATFORM`, as docker and buildx do (buildx commands/build.go, util/platformutil/parse.go). `local` is
 * the platform of this machine.
 */
export function platformOptions(values: readonly string[], env: NodeJS.ProcessEnv, own: Platform): Platforms {
	const {DOCKER_DEFAULT_PLATFORM: byDefault} = env;
	const given = values.length > 0 || !byDefault ? values : [byDefault];
	const platforms = new Map<string, Platform>();
	for (const text of given.flatMap(value => value.split(','))) {
		const platform = text.toLowerCase() === 'local' ? own : parsePlatform(text, own);
		if (platform === undefined) {
			return {
				kind: 'invalid',
				message: `"${text}" is not a platform`,
				hint: 'write os/architecture, for example linux/arm64; several with commas',
			};
		}

		platforms.set(formatPlatform(platform), platform);
	}

	return {kind: 'platforms', platforms: [...platforms.values()]};
}
