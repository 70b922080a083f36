import {
	type BuildReport,
	formatCacheSpec,
	lookUpResult,
	markUsed,
	type Published,
	type PublishedTag,
	type Publishing,
	publishBuilt,
	stepsToRun,
	tagAll,
	unbuiltReport,
	usesOf,
	type WantedTag,
	writesWhatItRead,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {buildJson} from '../render/build-json.ts';
import {renderReused} from '../render/build-text.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import type {PlannedBuild} from './plan-build.ts';

/**
 * Whether a plan that asks no engine is what the engine would be asked for. A platform that is not given is the
 * engine's own, so one that may be elsewhere has to be asked.
 */
export function mayTagWithoutEngine(
	{keyTag, offline, engine, builder, platform}: BuildCommandFlags,
	env: NodeJS.ProcessEnv,
): boolean {
	const isElsewhere =
		builder !== undefined ||
		!!env['BUILDX_BUILDER'] ||
		!!env['DOCKER_CONTEXT'] ||
		/^(?:tcp|ssh|https?):/.test(env['DOCKER_HOST'] ?? '');
	const isPlatformGiven = platform !== undefined || !!env['DOCKER_DEFAULT_PLATFORM'];
	return keyTag && offline !== true && engine !== 'docker' && (isPlatformGiven || !isElsewhere);
}

/** Looks whether the image must be built at all; undefined where nothing is pushed, or the engine alone decides. */
export async function lookUpImage(
	{request, client, writer, planner, targets}: PlannedBuild,
	tags: readonly WantedTag[],
	{keyTag, verifyBlobs}: BuildCommandFlags,
	{env}: CommandContext,
): Promise<Publishing | undefined> {
	const plan = targets.find(({isFinal}) => isFinal)?.plan;
	if (tags.length === 0 || !keyTag || writer === undefined || plan === undefined) {
		return undefined;
	}

	const {cacheTo, cacheFrom} = request;
	const inline = cacheTo.filter(({kind}) => kind === 'inline').map(spec => formatCacheSpec(spec, 'to'));
	return lookUpResult(tags, plan.result, {
		client,
		surroundings: [env['BUILDX_NO_DEFAULT_ATTESTATIONS'] ?? '', ...inline],
		mayReuse:
			plan.noCache === false && writesWhatItRead(cacheTo, cacheFrom.length > 0 ? cacheFrom : [planner.defaultCache]),
		verifyBlobs: verifyBlobs === true,
	});
}

/** Gives what was built its tags. Where that fails, the build has failed. */
export async function publish(
	report: BuildReport,
	publishing: Publishing | undefined,
	{client, writer}: PlannedBuild,
): Promise<{readonly report: BuildReport; readonly published: readonly PublishedTag[]}> {
	const {outcome} = report;
	if (outcome.kind !== 'built' || publishing === undefined || writer === undefined) {
		return {report, published: []};
	}

	const result =
		publishing.kind === 'known'
			? await tagAll(publishing.plan, writer)
			: await publishBuilt(publishing.plan, outcome.imageDigest, client, writer);
	return result.kind === 'published'
		? {report, published: result.tags}
		: {report: {...report, outcome: {kind: 'failed', message: result.reason}}, published: []};
}

/**
 * Gives a known image its tags where all else is cached too, and notes that the local caches were of use; undefined where
 * something has to be built.
 */
export async function publishKnown(
	{targets, writer, request, planner}: PlannedBuild,
	publishing: Publishing | undefined,
): Promise<Published | undefined> {
	if (publishing?.kind !== 'known' || writer === undefined || stepsToRun(targets).length > 0) {
		return undefined;
	}

	const published = await tagAll(publishing.plan, writer);
	const written = request.cacheTo.length > 0 ? request.cacheTo : [planner.defaultCache];
	const plans = targets.map(({plan}) => plan);
	// A cache that cannot be written says so when a build writes it; here the tags are what was asked for.
	await markUsed(usesOf(plans, written, request.cwd), Date.now());
	return published;
}

/** Tells of a build for which nothing had to be built. */
export function reportReused(
	{planner, targets}: PlannedBuild,
	tags: readonly PublishedTag[],
	context: string,
	{format}: BuildCommandFlags,
	{streams, style}: CommandContext,
): number {
	const imageDigest = tags.find(({digest}) => digest !== undefined)?.digest;
	const outcome = {kind: 'built', ...(imageDigest !== undefined && {imageDigest})} as const;
	const report = unbuiltReport(targets, outcome, performance.now() / 1000);
	const place = {dockerfile: planner.workspace.dockerfile.path, context};
	streams.out(
		format === 'json'
			? `${JSON.stringify(buildJson(report, place, undefined, tags), undefined, '\t')}\n`
			: renderReused(report, style, tags),
	);
	return exitCode.ok;
}
