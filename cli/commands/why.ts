import {existsSync} from 'node:fs';
import nodePath from 'node:path';
import {fileStory, findSteps, firstCauses, type Plan, type PlanRequest, storyTeller} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {planRequest} from '../options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {causesJson, fileJson, storiesJson, whySchemaVersion} from '../render/why-json.ts';
import {renderCauses, renderFile, renderStory} from '../render/why-text.ts';
import {askEngine} from './ask-engine.ts';
import type {CommandContext} from './command-context.ts';
import {runCompare} from './compare.ts';
import {onEngine} from './on-engine.ts';
import {type OpenedPlanners, openCommandPlanners} from './open-planners.ts';
import {runPlanSince} from './plan-since.ts';
import type {WhyCommandFlags} from './why-flags.ts';

/** `cachecast why`: the story of a step or a file; without either every first cause. Nothing is built. */
export async function runWhy(
	what: string | undefined,
	context: string,
	flags: WhyCommandFlags,
	command: CommandContext,
): Promise<number> {
	if (flags.from !== undefined || flags.to !== undefined) {
		return runCompare(what, context, flags, command);
	}

	if (flags.since !== undefined) {
		return runPlanSince(context, flags, command, {only: what});
	}

	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	const asked = await askEngine(flags, command);
	if (asked.kind === 'failed') {
		return command.fail({message: asked.message, hint: 'leave --engine and --builder out to ask without one'});
	}

	const engine = asked.kind === 'engine' ? asked.engine : undefined;
	try {
		const request = engine === undefined ? parsed.request : onEngine(parsed.request, engine, flags.pull === true);
		const opened = await openCommandPlanners(request, flags, command, engine?.info);
		if (opened.kind === 'failed') {
			return command.fail(opened.problem);
		}

		const {source} = opened;
		const place = {dockerfile: source.path, context};
		const result = opened.kind === 'mistakes' ? opened : await opened.planners[0].plan(flags.target);
		if (result.kind === 'planned' && opened.kind === 'opened') {
			return await tell(what, result.plan, opened, request, place, flags, command);
		}

		const diagnostics = 'diagnostics' in result ? result.diagnostics : [];
		if (flags.format === 'json') {
			print(mistakesJson(whySchemaVersion, place, diagnostics), command);
		}

		command.streams.err(renderDiagnostics(diagnostics, new Map([[source.path, source]]), command.errorStyle));
		return exitCode.findings;
	} finally {
		await engine?.close();
	}
}

interface Place {
	readonly dockerfile: string;
	readonly context: string;
}

async function tell(
	what: string | undefined,
	plan: Plan,
	{client}: OpenedPlanners,
	request: PlanRequest,
	place: Place,
	flags: WhyCommandFlags,
	command: CommandContext,
): Promise<number> {
	const {streams, style, cwd} = command;
	const isJson = flags.format === 'json';
	if (what === undefined) {
		const causes = firstCauses(plan);
		if (isJson) {
			print(causesJson(plan, causes, place), command);
		} else {
			streams.out(renderCauses(plan, causes, style));
		}

		return exitCode.ok;
	}

	const found = findSteps(plan, what);
	if (found.kind === 'failed') {
		return command.fail(found.problem);
	}

	if (found.kind === 'steps') {
		const stories = found.forecasts.map(storyTeller(plan));
		if (isJson) {
			print(storiesJson(plan, stories, place, flags.key === true), command);
		} else {
			streams.out(stories.map(story => renderStory(plan, story, style, flags.key === true)).join('\n'));
		}

		return exitCode.ok;
	}

	const contextDir = nodePath.resolve(cwd, place.context);
	const file = [nodePath.resolve(cwd, what), nodePath.resolve(contextDir, what)].find(path => existsSync(path));
	const told = await fileStory(request, client, file ?? nodePath.resolve(contextDir, what));
	if (told.kind === 'failed') {
		return command.fail(told.problem);
	}

	const {story} = told;
	if (!story.isThere && story.ignoredBy === undefined && story.rebuilt.length === 0) {
		return command.fail({
			message: `"${what}" is no line, stage or step of the target, and no file`,
			hint: 'name a line of the Dockerfile, a stage, STAGE:LINE, or a file of the context',
		});
	}

	if (isJson) {
		print(fileJson(story, place), command);
	} else {
		streams.out(renderFile(story, style));
	}

	return exitCode.ok;
}

function print(json: unknown, {streams}: CommandContext): void {
	streams.out(`${JSON.stringify(json, undefined, '\t')}\n`);
}
