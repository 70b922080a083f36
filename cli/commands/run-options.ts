import type {BuildWish, PlanRequest} from '../../planner/index.ts';
import type {PlanFlags} from '../options.ts';

/** Options of RUN that plan and build share, as they are handed to the builder. */
export function runOptions(
	{network, addHost, ulimit, cgroupParent}: Pick<PlanFlags, 'network' | 'addHost' | 'ulimit' | 'cgroupParent'>,
	{execOptions: {shmSize}}: PlanRequest,
): BuildWish['run'] {
	return {
		...(network !== undefined && {network}),
		addHosts: addHost,
		...(shmSize > 0 && {shmSize}),
		ulimits: ulimit,
		...(cgroupParent !== undefined && {cgroupParent}),
	};
}
