import {type BuildTarget, markUsed, usesOf} from '../../planner/index.ts';
import type {PlannedBuild} from './plan-build.ts';

/**
 * Notes that the local caches were of use to targets for which nothing had to be built. A cache that cannot be written
 * says so when a build writes it: here it is not what was asked for.
 */
export async function noteUse(
	{request, planners}: Pick<PlannedBuild, 'request' | 'planners'>,
	targets: readonly BuildTarget[],
): Promise<void> {
	const written = request.cacheTo.length > 0 ? request.cacheTo : [planners[0].defaultCache];
	const plans = targets.map(({plan}) => plan);
	await markUsed(usesOf(plans, written, request.cwd), Date.now());
}
