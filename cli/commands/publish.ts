import {
	type BuildReport,
	formatCacheSpec,
	type Keep,
	lookUpPublication,
	type Publication,
	type Published,
	type PublishedTag,
	stepsToRun,
	tagKnown,
	tagPushed,
	unbuiltReport,
	type WantedTag,
	writesWhatItRead,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {buildJson} from '../render/build-json.ts';
import {renderReused} from '../render/build-text.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {noteUse} from './note-use.ts';
import {type PlannedBuild, secondsOf} from './plan-build.ts';

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
	const isPlatformGiven = !!platform?.length || !!env['DOCKER_DEFAULT_PLATFORM'];
	return keyTag && offline !== true && engine !== 'docker' && (isPlatformGiven || !isElsewhere);
}

/**
 * Looks whether the image must be built at all; undefined where nothing is pushed, or the engine alone decides, which it
 * cannot for several platforms.
 */
export async function lookUpImage(
	{request, client, writer, planners, targets}: PlannedBuild,
	tags: readonly WantedTag[],
	{keyTag, verifyBlobs}: BuildCommandFlags,
	{env}: CommandContext,
): Promise<Publication | undefined> {
	const finals = targets.filter(({isFinal}) => isFinal);
	if (tags.length === 0 || writer === undefined || (!keyTag && finals.length === 1)) {
		return undefined;
	}

	const {cacheTo, cacheFrom} = request;
	const inline = cacheTo.filter(({kind}) => kind === 'inline').map(spec => formatCacheSpec(spec, 'to'));
	const read = cacheFrom.length > 0 ? cacheFrom : [planners[0].defaultCache];
	return lookUpPublication(tags, finals, ({plan}) => ({
		client,
		surroundings: [env['BUILDX_NO_DEFAULT_ATTESTATIONS'] ?? '', ...inline],
		keepsKey: keyTag,
		mayReuse: plan.noCache === false && writesWhatItRead(cacheTo, read),
		verifyBlobs: verifyBlobs === true,
	}));
}

/** Gives what was built its tags. Where that fails, the build has failed. */
export async function publish(
	report: BuildReport,
	publication: Publication | undefined,
	{client, writer}: PlannedBuild,
): Promise<{readonly report: BuildReport; readonly published: readonly PublishedTag[]}> {
	const {outcome, images} = report;
	if (outcome.kind !== 'built' || publication === undefined || writer === undefined) {
		return {report, published: []};
	}

	const result =
		publication.reason === undefined
			? await tagKnown(publication, writer)
			: await tagPushed(publication, images, client, writer);
	if (result.kind === 'failed') {
		return {report: {...report, outcome: {kind: 'failed', message: result.reason}}, published: []};
	}

	// What the engine told is the image of one platform.
	const index = publication.parts.length > 1 ? digestOf(result.tags) : undefined;
	return {
		report: index === undefined ? report : {...report, outcome: {kind: 'built', imageDigest: index}},
		published: result.tags,
	};
}

/**
 * Gives a known image its tags where all else is cached too, and notes that the local caches were of use; undefined where
 * something has to be built.
 */
export async function publishKnown(
	{targets, writer, request, planners}: PlannedBuild,
	publication: Publication | undefined,
	keep: Keep,
): Promise<Published | undefined> {
	const isKnown = publication !== undefined && publication.reason === undefined;
	if (!isKnown || writer === undefined || stepsToRun(targets).length > 0) {
		return undefined;
	}

	const published = await tagKnown(publication, writer);
	await noteUse({request, planners}, targets, keep);
	return published;
}

/** Tells of a build for which nothing had to be built. */
export function reportReused(
	planned: PlannedBuild,
	tags: readonly PublishedTag[],
	context: string,
	{format}: BuildCommandFlags,
	{streams, style}: CommandContext,
): number {
	const imageDigest = digestOf(tags);
	const outcome = {kind: 'built', ...(imageDigest !== undefined && {imageDigest})} as const;
	const report = unbuiltReport(planned.targets, outcome, secondsOf(planned));
	const place = {dockerfile: planned.source.path, context};
	streams.out(
		format === 'json'
			? `${JSON.stringify(buildJson(report, place, undefined, tags), undefined, '\t')}\n`
			: renderReused(report, style, tags),
	);
	return exitCode.ok;
}

function digestOf(tags: readonly PublishedTag[]): string | undefined {
	return tags.find(({digest}) => digest !== undefined)?.digest;
}
