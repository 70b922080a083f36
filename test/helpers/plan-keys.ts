import {planRequest} from '../../cli/options.ts';
import {openPlanner, type Plan, type RegistryClient} from '../../planner/index.ts';
import {comparable} from '../../planner/revisions/comparable.ts';
import {readingOfPlans} from '../../planner/revisions/records-of-plans.ts';

/** Plans the Dockerfile of a folder, on stand-ins for its images; against the cache that a build of other plans would leave. */
export async function planKeys(dir: string, before: readonly Plan[] = []): Promise<Plan> {
	const flags = {
		buildArg: [],
		buildContext: [],
		cacheFrom: [],
		cache: true,
		noCacheFilter: [],
		addHost: [],
		ulimit: [],
		index: false,
	};
	const parsed = planRequest('.', flags, {env: {}, cwd: dir, homeDir: dir, readStdin: async () => new Uint8Array()});
	if (parsed.kind === 'usage') {
		throw new Error(parsed.message);
	}

	const request = comparable(
		parsed.request,
		async () => ({kind: 'unresolved', reason: 'not asked'}),
		() => {},
	);
	// No registry is asked, so that there need be no client.
	const opened = await openPlanner(request, {} as unknown as RegistryClient);
	const caches = before.length === 0 ? [] : [[readingOfPlans(before)]];
	const result = opened.kind === 'opened' ? await opened.planner.plan(undefined, undefined, caches) : opened;
	if (result.kind !== 'planned') {
		throw new Error(JSON.stringify(result));
	}

	return result.plan;
}
