import {
	type Diagnostic,
	type Engine,
	type EngineKind,
	type Plan,
	type Planner,
	type PlanRequest,
	stepsToRun,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type ActionsFlags, annotate} from '../github-actions.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import type {RegistryFlags} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {renderMarkdown} from '../render/markdown.ts';
import {type PlanFormat, renderPlanAs, tooLarge} from '../render/plan-formats.ts';
import {planSchemaVersion} from '../render/plan-json.ts';
import {shownPlans} from '../render/shown-plan.ts';
import {renderUncached} from '../render/uncached-text.ts';
import {addToSummary} from '../step-summary.ts';
import {askEngine} from './ask-engine.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';
import {openCommandPlanners} from './open-planners.ts';
import {planCommands} from './plan-commands.ts';

export interface PlanCommandFlags extends PlanFlags, RegistryFlags, ActionsFlags {
	readonly format: PlanFormat;
	readonly detailedExitcode?: boolean;
	readonly engine?: EngineKind | 'none';
	readonly builder?: string;
	readonly pull?: boolean;
	/** `--since` (plan-since.ts), with its revision where one is named. */
	readonly since?: string | true;
}

/** `cachecast plan`: what will hit, what will miss, and why. Nothing is built, and nothing written but to the store of registries' content. */
export async function runPlan(context: string, flags: PlanCommandFlags, command: CommandContext): Promise<number> {
	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	const asked = await askEngine(flags, command);
	if (asked.kind === 'failed') {
		return command.fail({message: asked.message, hint: 'leave --engine and --builder out to plan without one'});
	}

	if (asked.kind === 'none') {
		return plan(parsed.request, undefined, context, flags, command);
	}

	if (flags.format === 'commands' && asked.engine.info.kind === 'docker') {
		await asked.engine.close();
		return command.fail({
			message: '--format commands writes commands of docker buildx, and this engine is spoken to without it',
			hint: 'install buildx, or plan for another builder with --engine none',
		});
	}

	try {
		return await plan(
			onEngine(parsed.request, asked.engine, flags.pull === true),
			asked.engine,
			context,
			flags,
			command,
		);
	} finally {
		await asked.engine.close();
	}
}

async function plan(
	request: PlanRequest,
	engine: Engine | undefined,
	context: string,
	flags: PlanCommandFlags,
	command: CommandContext,
): Promise<number> {
	const {streams, style, errorStyle} = command;
	const opened = await openCommandPlanners(request, flags, command, engine?.info);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const {source} = opened;
	const place = {dockerfile: source.path, context, ...(engine !== undefined && {engine: engine.info})};
	const result =
		opened.kind === 'mistakes'
			? opened
			: flags.format === 'commands'
				? await planCommands(opened.planners, request, flags, engine?.info, command)
				: await command.talk.during('planning', () => planAll(opened.planners, flags.target));
	if (result.kind === 'mistakes') {
		if (flags.format === 'json') {
			const mistakes = mistakesJson(planSchemaVersion, place, result.diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		annotate(result.diagnostics, flags, streams);
		streams.err(renderDiagnostics(result.diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	const {plans} = result;
	const shown =
		result.kind === 'commands' ? result.script : await renderPlanAs(flags.format, result.plans, place, style, streams);
	if (shown === undefined) {
		return command.fail(tooLarge);
	}

	streams.out(shown);
	await addToSummary(() => renderMarkdown(shownPlans(plans, place)), flags, command);
	const running = flags.requireCached === true ? stepsToRun(plans.map(plan => ({plan}))) : [];
	if (running.length > 0) {
		streams.err(renderUncached(running, errorStyle));
		return exitCode.notCached;
	}

	return flags.detailedExitcode === true && plans.some(needsWork) ? exitCode.changes : exitCode.ok;
}

type AllPlans =
	| {readonly kind: 'planned'; readonly plans: readonly [Plan, ...Plan[]]}
	| {readonly kind: 'mistakes'; readonly diagnostics: readonly Diagnostic[]};

async function planAll(
	[planner, ...others]: readonly [Planner, ...Planner[]],
	target: string | undefined,
): Promise<AllPlans> {
	const first = await planner.plan(target);
	if (first.kind === 'failed') {
		return {kind: 'mistakes', diagnostics: first.diagnostics};
	}

	const plans: [Plan, ...Plan[]] = [first.plan];
	for (const other of others) {
		const next = await other.plan(target);
		if (next.kind === 'failed') {
			return {kind: 'mistakes', diagnostics: next.diagnostics};
		}

		plans.push(next.plan);
	}

	return {kind: 'planned', plans};
}

function needsWork({summary}: Plan): boolean {
	return summary.miss + summary.unknown > 0;
}
