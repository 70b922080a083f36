import type {BuildOptions} from '../../planner/index.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import type {CommandContext} from './command-context.ts';

/** The flags that say what is built. */
export type BuildOptionFlags = Pick<PlanFlags, 'buildArg' | 'target' | 'platform'>;

/** Build arguments, target and each platform that is built; nothing where the flags are wrong, which is told. */
export function lintOptions(
	{buildArg, target, platform}: BuildOptionFlags,
	command: CommandContext,
): readonly [BuildOptions, ...BuildOptions[]] | undefined {
	const unused = {buildContext: [], cacheFrom: [], noCacheFilter: [], cache: true, addHost: [], ulimit: []};
	const wanted = {buildArg, ...(target !== undefined && {target}), ...(platform !== undefined && {platform})};
	const parsed = planRequest('.', {...unused, ...wanted}, command);
	if (parsed.kind === 'usage') {
		command.fail(parsed);
		return undefined;
	}

	const {options, morePlatforms = []} = parsed.request;
	return [options, ...morePlatforms.map(one => ({...options, platform: one}))];
}
