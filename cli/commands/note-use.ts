import {type BuildTarget, type CacheChange, type Keep, usesOf, useUnbuilt} from '../../planner/index.ts';
import type {PlannedBuild} from './plan-build.ts';

/**
 * Notes that the local caches were of use to targets for which nothing had to be built, and applies the limits of `--keep`.
 * A cache that cannot be written says so when a build writes it: here it is not what was asked for.
 */
export async function noteUse(
	{request, planners}: Pick<PlannedBuild, 'request' | 'planners'>,
	targets: readonly BuildTarget[],
	keep: Keep,
): Promise<readonly CacheChange[]> {
	const written = request.cacheTo.length > 0 ? request.cacheTo : [planners[0].defaultCache];
	const plans = targets.map(({plan}) => plan);
	return useUnbuilt(usesOf(plans, written, request.cwd), keep, Date.now());
}
