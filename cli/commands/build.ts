import {
	type BuildTarget,
	buildAnew,
	type Engine,
	type EngineWish,
	findEngine,
	isKnown,
	type Keep,
	namesToPush,
	type PlanRequest,
	type Problem,
	parseKeep,
	stepsToRun,
	type WantedTag,
	wantedTags,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {annotate} from '../github-actions.ts';
import {planRequest} from '../options.ts';
import {buildJson, buildSchemaVersion} from '../render/build-json.ts';
import {renderFailure, renderReport} from '../render/build-text.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {renderMarkdown} from '../render/markdown.ts';
import {shownPlans} from '../render/shown-plan.ts';
import {secretsOf} from '../secret-options.ts';
import {addToSummary} from '../step-summary.ts';
import type {BuildCommandFlags} from './build-flags.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';
import {outputOf, planBuild} from './plan-build.ts';
import {lookUpImage, mayTagWithoutEngine, publish, publishKnown, reportReused} from './publish.ts';
import {runPlanned} from './run-planned.ts';
import {refuseUncached, showPlans} from './show-plans.ts';

/** `cachecast build`: prints the forecast, builds every stage, exports their layers, and says how right the forecast was. */
export async function runBuildCommand(
	context: string,
	flags: BuildCommandFlags,
	command: CommandContext,
): Promise<number> {
	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (flags.push === true && flags.tag.length === 0) {
		return command.fail({message: '--push needs a name for the image', hint: 'add -t registry/name:tag'});
	}

	const keep = parseKeep(flags.keep);
	if (keep.kind === 'invalid') {
		return command.fail(keep);
	}

	const {cacheTo} = parsed.request;
	if (flags.keep.length > 0 && cacheTo.length > 0 && cacheTo.every(({kind}) => kind !== 'local')) {
		return command.fail({
			message: '--keep limits caches of type "local", and none is written',
			hint: 'leave it out: what a registry keeps is up to the registry',
		});
	}

	const unfit = severalPlatforms(parsed.request, flags);
	if (unfit !== undefined) {
		return command.fail(unfit);
	}

	const secrets = await secretsOf(flags, command);
	if (secrets.kind === 'usage') {
		return command.fail(secrets);
	}

	const wanted = flags.push === true ? wantedTags(flags.tag) : undefined;
	if (wanted?.kind === 'invalid') {
		return command.fail(wanted);
	}

	const tags = wanted?.tags ?? [];
	if (tags.length > 0 && mayTagWithoutEngine(flags, command.env)) {
		const planned = await planBuild(parsed.request, flags, command);
		if (planned.kind === 'planned' && stepsToRun(planned.targets).length === 0) {
			const reused = await publishKnown(planned, await lookUpImage(planned, tags, flags, command), keep.keep);
			if (reused?.kind === 'published') {
				showPlans(planned, context, command);
				return reportReused(planned, reused.tags, context, flags, command);
			}
		}
	}

	const wish: EngineWish = {
		env: command.env,
		homeDir: command.homeDir,
		needsCacheExport: true,
		boots: true,
		onAsk: command.talk.debug,
		...(flags.engine !== undefined && {wanted: flags.engine}),
		...(flags.builder !== undefined && {builder: flags.builder}),
	};
	const search = await command.talk.during('looking for an engine', () => findEngine(wish));
	if (search.kind === 'none') {
		if (flags.requireCached === true) {
			const planned = await planBuild(parsed.request, flags, command);
			const code = planned.kind === 'planned' ? refuseUncached(planned, context, flags, command) : undefined;
			if (code !== undefined) {
				return code;
			}
		}

		const tried = search.tried.map(({what, problem}) => `${what} (${problem})`).join('; ');
		command.fail({
			message: `no Docker engine can be reached; tried: ${tried}`,
			hint: 'start Docker, or point DOCKER_HOST or a docker context at one; plan and lint need none',
		});
		return exitCode.findings;
	}

	const {engine, reason} = search;
	try {
		const masked = secrets.use(engine);
		if (masked.kind === 'usage') {
			return command.fail(masked);
		}

		for (const warning of secrets.warnings) {
			command.talk.say(`${command.errorStyle.warning('warning')} ${warning}\n`);
		}

		command.talk.say(`${command.errorStyle.dim(`engine  ${reason}`)}\n`);
		const request: PlanRequest = {
			...onEngine(parsed.request, engine, flags.pull === true),
			writesDefault: parsed.request.cacheTo.length === 0 && engine.info.canExportCache,
		};
		return await planAndBuild(request, tags, context, flags, keep.keep, masked.engine, command);
	} finally {
		await engine.close();
	}
}

async function planAndBuild(
	request: PlanRequest,
	tags: readonly WantedTag[],
	context: string,
	flags: BuildCommandFlags,
	keep: Keep,
	engine: Engine,
	command: CommandContext,
): Promise<number> {
	const {streams, errorStyle} = command;
	const planned = await planBuild(request, flags, command, engine.info);
	if (planned.kind === 'failed') {
		return command.fail(planned.problem);
	}

	if (planned.kind === 'mistakes') {
		const {source, diagnostics} = planned;
		if (flags.format === 'json') {
			const mistakes = mistakesJson(buildSchemaVersion, {dockerfile: source.path, context}, diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		annotate(diagnostics, flags, streams);
		streams.err(renderDiagnostics(diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	showPlans(planned, context, command);
	const finals = planned.targets.filter(({isFinal}) => isFinal).map(({plan}) => plan);
	await addToSummary(
		() => renderMarkdown(shownPlans(finals, {dockerfile: planned.source.path, context})),
		flags,
		command,
	);
	const refused = refuseUncached(planned, context, flags, command);
	if (refused !== undefined) {
		return refused;
	}

	const found = await lookUpImage(planned, tags, flags, command);
	const reused = await publishKnown(planned, found, keep);
	if (reused?.kind === 'published') {
		return reportReused(planned, reused.tags, context, flags, command);
	}

	// What cannot be tagged, as its parts are gone, is pushed.
	const publication = found !== undefined && reused !== undefined ? buildAnew(found, reused.reason) : found;
	if (publication?.reason !== undefined) {
		command.talk.say(`${errorStyle.dim(`image to be built: ${publication.reason}`)}\n`);
	}

	if (planned.unchanged.length > 0) {
		const names = planned.unchanged.join(', ');
		command.talk.say(
			`${errorStyle.dim(`images of stages that hold them already, and are not built again: ${names}`)}\n`,
		);
	}

	// A known image is tagged only when all else is built.
	const known = planned.targets.filter(target => publication !== undefined && isKnown(publication, target));
	const tagsOf = (target: BuildTarget) => (publication === undefined ? flags.tag : namesToPush(publication, target));
	const built = await runPlanned({planned, known, tagsOf, keep, engine}, flags, command);
	const {report, published} = await publish(built, publication, planned);
	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(buildJson(report, {dockerfile: planned.source.path, context}, engine.info, published), undefined, '\t')}\n`
			: renderReport(report, command.style, published),
	);
	if (report.outcome.kind !== 'built') {
		streams.err(renderFailure(report, planned.source, errorStyle));
		return report.outcome.kind === 'aborted' ? exitCode.interrupted : exitCode.findings;
	}

	return flags.strict === true && report.agreement.falseHits > 0 ? exitCode.findings : exitCode.ok;
}

// An image of several platforms is an index of images, which only a registry is sure to take.
function severalPlatforms({morePlatforms}: PlanRequest, flags: BuildCommandFlags): Problem | undefined {
	if (morePlatforms === undefined) {
		return undefined;
	}

	if (outputOf(flags) === 'load') {
		return {
			message: 'an image of several platforms cannot be loaded into an engine',
			hint: 'push it with --push, or load one --platform at a time',
		};
	}

	return flags.push === true && flags.offline === true
		? {
				message: '--offline: the images of several platforms are joined in the registry',
				hint: 'leave out --offline, or push one --platform at a time',
			}
		: undefined;
}
