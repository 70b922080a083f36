import type {RegistryClient} from './images/registry-client.ts';
import {openPlanner, type Planner, type PlannerResult, type PlanRequest} from './planner.ts';

export type PlannersResult =
	/** One for each platform, in the order they were asked for. */
	| {readonly kind: 'opened'; readonly planners: readonly [Planner, ...Planner[]]}
	| Exclude<PlannerResult, {readonly kind: 'opened'}>;

/** Opens what a request names once, and gives a planner for each platform. Fails as the first that cannot be opened. */
export async function openPlanners(request: PlanRequest, client: RegistryClient): Promise<PlannersResult> {
	const opened = await openPlanner(request, client);
	if (opened.kind !== 'opened') {
		return opened;
	}

	const planners: [Planner, ...Planner[]] = [opened.planner];
	for (const platform of request.morePlatforms ?? []) {
		const next = await opened.planner.forPlatform(platform);
		if (next.kind !== 'opened') {
			return next;
		}

		planners.push(next.planner);
	}

	return {kind: 'opened', planners};
}
