import {
	type Engine,
	type EngineKind,
	openPlanner,
	openRegistry,
	type Plan,
	type PlanRequest,
	stepsToRun,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {planJson, planSchemaVersion} from '../render/plan-json.ts';
import {renderPlan} from '../render/plan-text.ts';
import {renderUncached} from '../render/uncached-text.ts';
import {askEngine} from './ask-engine.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';

export interface PlanCommandFlags extends PlanFlags, RegistryFlags {
	readonly format: 'text' | 'json';
	readonly detailedExitcode?: boolean;
	readonly engine?: EngineKind | 'none';
	readonly builder?: string;
	readonly pull?: boolean;
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
	const access = registryWish(flags, command, engine?.info);
	if (access.kind === 'usage') {
		return command.fail(access);
	}

	const registry = await openRegistry(access.wish);
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	const opened = await openPlanner(request, registry.client);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const source = opened.kind === 'mistakes' ? opened.workspace.dockerfile : opened.planner.workspace.dockerfile;
	const result =
		opened.kind === 'mistakes'
			? ({kind: 'failed', diagnostics: opened.diagnostics} as const)
			: await opened.planner.plan(flags.target);
	const place = {dockerfile: source.path, context, ...(engine !== undefined && {engine: engine.info})};
	if (result.kind === 'failed') {
		if (flags.format === 'json') {
			const mistakes = mistakesJson(planSchemaVersion, place, result.diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		streams.err(renderDiagnostics(result.diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(planJson(result.plan, place), undefined, '\t')}\n`
			: renderPlan(result.plan, place, style, streams.columns),
	);
	const running = flags.requireCached === true ? stepsToRun([result]) : [];
	if (running.length > 0) {
		streams.err(renderUncached(running, errorStyle));
		return exitCode.notCached;
	}

	return flags.detailedExitcode === true && needsWork(result.plan) ? exitCode.changes : exitCode.ok;
}

function needsWork({summary}: Plan): boolean {
	return summary.miss + summary.unknown > 0;
}
